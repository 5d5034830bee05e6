//! Captions in WebVTT. Pure.

/// Bytes of a file of captions at the most.
pub const MOST_BYTES: usize = 512 << 10;

/// Why captions were not taken: the line, and a Chinese sentence about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

fn fault<T>(line: usize, what: &'static str) -> Result<T, Fault> {
    Err(Fault { line, what })
}

/// Captions as they are kept: line ends of one kind, no mark before the head. Styles and regions are left out, since a
/// page shows captions in its own way.
///
/// # Errors
/// The first line that does not fit.
pub fn clean(raw: &str) -> Result<String, Fault> {
    if raw.len() > MOST_BYTES {
        return fault(1, "字幕文件太大，最多 512 KB");
    }
    let text = raw.strip_prefix('\u{feff}').unwrap_or(raw).replace("\r\n", "\n").replace('\r', "\n");
    let odd = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}');
    let lines: Vec<&str> = text.split('\n').collect();
    if let Some(at) = lines.iter().position(|line| line.chars().any(odd)) {
        return fault(at + 1, "有不能使用的特殊字符");
    }
    let head = lines.first().copied().unwrap_or_default();
    if !(head == "WEBVTT" || head.starts_with("WEBVTT ") || head.starts_with("WEBVTT\t")) {
        return fault(1, "第一行要写 WEBVTT");
    }
    let mut kept = vec!["WEBVTT".to_owned()];
    let mut last = 0;
    for block in blocks(&lines) {
        let Some((_, first)) = block.first() else { continue };
        if ["NOTE", "STYLE", "REGION"].iter().any(|name| first.starts_with(name)) {
            continue;
        }
        let (begins, cue) = cue(&block)?;
        if begins < last {
            return fault(block.first().map_or(1, |(line, _)| *line), "时间比前一条早，请按先后排列");
        }
        last = begins;
        kept.push(cue);
    }
    if kept.len() == 1 {
        return fault(lines.len(), "没有一条字幕");
    }
    Ok(kept.join("\n\n") + "\n")
}

/// Lines with their numbers, parted by empty ones; the head with what belongs to it is left out.
fn blocks<'a>(lines: &[&'a str]) -> Vec<Vec<(usize, &'a str)>> {
    let behind = (1..).zip(lines.iter().copied()).skip_while(|(_, line)| !line.trim().is_empty());
    let numbered: Vec<(usize, &str)> = behind.collect();
    numbered.split(|(_, line)| line.trim().is_empty()).map(<[_]>::to_vec).collect()
}

/// A cue: perhaps a name, its times, its words.
fn cue(block: &[(usize, &str)]) -> Result<(u64, String), Fault> {
    let at = block.iter().position(|(_, line)| line.contains("-->")).unwrap_or_default();
    let (line, timing) = block.get(at).copied().unwrap_or((1, ""));
    let Some((from, to)) = timing.split_once("-->").filter(|_| at <= 1) else {
        return fault(line, "缺少时间，例如 00:00:01.000 --> 00:00:04.000");
    };
    // What follows the second time says where on the picture; the player decides that.
    let to = to.split_whitespace().next().unwrap_or_default();
    let (Some(begins), Some(ends)) = (millis(from.trim()), millis(to)) else {
        return fault(line, "时间写得不对，例如 00:00:01.000 --> 00:00:04.000");
    };
    if ends <= begins {
        return fault(line, "结束时间要晚于开始时间");
    }
    let words: Vec<&str> = block.iter().skip(at + 1).map(|(_, line)| *line).collect();
    if words.is_empty() {
        return fault(line, "这一条没有文字");
    }
    if words.iter().any(|line| line.contains("-->")) {
        return fault(line, "两条字幕之间要空一行");
    }
    let (from, to) = (clock(begins), clock(ends));
    Ok((begins, format!("{from} --> {to}\n{}", words.join("\n"))))
}

/// `[hours:]minutes:seconds.thousandths` in thousandths of a second.
fn millis(text: &str) -> Option<u64> {
    let (whole, thousandths) = text.split_once('.')?;
    let parts: Vec<&str> = whole.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [minutes, seconds] => ("00", *minutes, *seconds),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return None,
    };
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>, most: u64| {
        let fits = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|number| fits && *number <= most)
    };
    let (hours, minutes) = (number(hours, 2..=3, 999)?, number(minutes, 2..=2, 59)?);
    let (seconds, thousandths) = (number(seconds, 2..=2, 59)?, number(thousandths, 3..=3, 999)?);
    Some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths)
}

fn clock(millis: u64) -> String {
    let (seconds, thousandths) = (millis / 1_000, millis % 1_000);
    format!("{:02}:{:02}:{:02}.{thousandths:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn captions_are_taken_with_their_times_and_words() {
        let raw = "\u{feff}WEBVTT - 述职\r\nKind: captions\r\n\r\nNOTE 草稿\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\n1\r\n00:01.000 --> 00:04.500 line:0\r\n大家好\r\n\r\n01:00:00.000 --> 01:00:02.000\r\n<b>第二句</b>\r\n第三句\r\n";
        let kept = clean(raw).unwrap();
        assert_eq!(
            kept,
            "WEBVTT\n\n00:00:01.000 --> 00:00:04.500\n大家好\n\n01:00:00.000 --> 01:00:02.000\n<b>第二句</b>\n第三句\n"
        );
        assert_eq!(clean(&kept).unwrap(), kept);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (raw, line, what) in [
            ("", 1, "WEBVTT"),
            ("<script>alert(1)</script>", 1, "WEBVTT"),
            ("WEBVTTX\n\n00:01.000 --> 00:02.000\na", 1, "WEBVTT"),
            ("WEBVTT\n", 2, "没有一条"),
            ("WEBVTT\n\nhello", 3, "缺少时间"),
            ("WEBVTT\n\na\nb\n00:01.000 --> 00:02.000\nc", 5, "缺少时间"),
            ("WEBVTT\n\n00:01 --> 00:02\na", 3, "时间写得不对"),
            ("WEBVTT\n\n00:61.000 --> 00:62.000\na", 3, "时间写得不对"),
            ("WEBVTT\n\n00:02.000 --> 00:02.000\na", 3, "晚于"),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\n\n", 3, "没有文字"),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\na\n00:03.000 --> 00:04.000\nb", 3, "空一行"),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\na\n\n00:01.000 --> 00:03.000\nb", 6, "早"),
            ("WEBVTT\n\n00:02.000 --> 00:03.000\na\u{202e}b", 4, "特殊字符"),
        ] {
            let fault = clean(raw).unwrap_err();
            assert_eq!(fault.line, line, "{raw:?}");
            assert!(fault.what.contains(what), "{raw:?}: {}", fault.what);
        }
        assert!(clean(&format!("WEBVTT\n\n{}", "a".repeat(MOST_BYTES))).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(raw in "(WEBVTT\n\n)?([0-9:.> \n-]|-->|字|<c>){0,60}") {
            if let Ok(kept) = clean(&raw) {
                prop_assert_eq!(clean(&kept).unwrap(), kept);
            }
        }
    }
}
