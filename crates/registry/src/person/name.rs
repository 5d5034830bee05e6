//! What may stand in a person's name and in free text.
//!
//! Invariants: what passes [`clean_name`] holds Han characters and Latin letters with `·`, `'`, `-` and single spaces
//! between them, and nothing else, so it can start no formula, tag or reversed line; what passes [`clean_text`] holds
//! no control, bidirectional or hidden character, but may begin with `=`: whoever writes a sheet must write it as text.
//!
//! ```
//! use registry::person::name::{clean_name, clean_text};
//!
//! assert_eq!(clean_name(" 张　三 ").as_deref(), Ok("张三"));
//! assert_eq!(clean_name("阿依古丽•买买提").as_deref(), Ok("阿依古丽·买买提"));
//! assert_eq!(clean_name("=cmd").map_err(|error| error.code()), Err("name.characters"));
//! assert_eq!(clean_text("第一行\r\n第二行", 100).as_deref(), Ok("第一行\n第二行"));
//! ```

use thiserror::Error;

/// The greatest number of characters of a name.
pub const MAX_NAME_CHARS: usize = 50;

/// Why a name or a text is not taken; the text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextError {
    /// No name.
    #[error("请填写姓名")]
    NameEmpty,
    /// A name of more than [`MAX_NAME_CHARS`] characters.
    #[error("姓名最多 {MAX_NAME_CHARS} 个字。请按身份证件上的姓名填写")]
    NameLong,
    /// A character that no name has; its place counts from 1.
    #[error("姓名的第 {0} 个字符不能使用。请按身份证件上的姓名填写，只用汉字、字母和间隔号“·”")]
    NameCharacters(usize),
    /// No text.
    #[error("请填写内容")]
    TextEmpty,
    /// Too long; carries the limit in characters.
    #[error("内容最多 {0} 个字。请缩短后再提交")]
    TextLong(usize),
    /// A control or hidden character; its place counts from 1.
    #[error("内容的第 {0} 个字符是看不见的控制字符，不能保存。请删除后手工重新输入")]
    TextCharacters(usize),
}

impl TextError {
    /// The stable code of this refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::NameEmpty => "name.empty",
            Self::NameLong => "name.long",
            Self::NameCharacters(_) => "name.characters",
            Self::TextEmpty => "text.empty",
            Self::TextLong(_) => "text.long",
            Self::TextCharacters(_) => "text.characters",
        }
    }

    /// The Chinese sentence for the user.
    pub fn message(self) -> String {
        self.to_string()
    }
}

/// The name as it is stored: trimmed, with one kind of interpunct, apostrophe, hyphen and space, and without the
/// spaces that pad Han characters.
///
/// It must begin and end with a Han character or a letter, and no two signs may stand side by side.
pub fn clean_name(raw: &str) -> Result<String, TextError> {
    let mut name = String::new();
    let mut previous: Option<char> = None;
    let mut space: Option<usize> = None;
    let mut chars = 0;
    for (index, raw) in raw.char_indices_from_one() {
        let c = name_character(raw).ok_or(TextError::NameCharacters(index))?;
        if c == ' ' {
            space = space.or(Some(index));
            continue;
        }
        if is_sign(c) && previous.is_none_or(is_sign) {
            return Err(TextError::NameCharacters(index));
        }
        // A space separates Latin words; beside a Han character or a sign it is padding.
        let words = previous.is_some_and(is_latin) && is_latin(c);
        if space.take().is_some() && words {
            name.push(' ');
            chars += 1;
        }
        name.push(c);
        chars += 1;
        previous = Some(c);
        if chars > MAX_NAME_CHARS {
            return Err(TextError::NameLong);
        }
    }
    match previous {
        None => Err(TextError::NameEmpty),
        Some(last) if is_sign(last) => Err(TextError::NameCharacters(raw.trim_end().chars().count())),
        Some(_) => Ok(name),
    }
}

/// The text as it is stored: trimmed, line ends as `\n`, tabs as spaces; at most `max_chars` characters.
pub fn clean_text(raw: &str, max_chars: usize) -> Result<String, TextError> {
    let unified = raw.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
    let text = unified.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Err(TextError::TextEmpty);
    }
    if text.chars().count() > max_chars {
        return Err(TextError::TextLong(max_chars));
    }
    match text.char_indices_from_one().find(|(_, c)| *c != '\n' && is_hidden(*c)) {
        Some((index, _)) => Err(TextError::TextCharacters(index)),
        None => Ok(text.to_owned()),
    }
}

/// Full-width letters, digits and signs as their ASCII twins, and the full-width space as a space.
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Characters with their place counted from 1, as it is told to a person.
trait CountedFromOne {
    fn char_indices_from_one(&self) -> impl Iterator<Item = (usize, char)>;
}

impl CountedFromOne for str {
    fn char_indices_from_one(&self) -> impl Iterator<Item = (usize, char)> {
        (1..).zip(self.chars())
    }
}

/// The stored form of a character of a name; `None` when no name may hold it.
fn name_character(c: char) -> Option<char> {
    match half_width(c) {
        '·' | '•' | '‧' | '∙' | '⋅' | '・' | '･' => Some('·'),
        '\'' | '’' | '‘' | 'ʼ' => Some('\''),
        '-' | '‐' | '‑' => Some('-'),
        ' ' | '\u{a0}' => Some(' '),
        c if is_latin(c) || is_han(c) => Some(c),
        _ => None,
    }
}

fn is_sign(c: char) -> bool {
    matches!(c, '·' | '\'' | '-')
}

/// Latin letters with their accents, as on passports and residence permits.
fn is_latin(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ' | '\u{1e00}'..='\u{1eff}')
}

/// Han characters: the basic block, the compatibility ones, all extensions, and 〇.
fn is_han(c: char) -> bool {
    matches!(c,
        '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Control characters, direction marks, and characters that hide text from a reader.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        // The last two places of each plane are no characters at all.
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_as_stored() {
        let fifty = "张".repeat(50);
        let cases = [
            ("张三", "张三"),
            ("  张三\u{3000}", "张三"),
            ("张 三", "张三"),
            ("张\u{3000}\u{3000}三", "张三"),
            ("阿依古丽·买买提", "阿依古丽·买买提"),
            ("阿依古丽•买买提", "阿依古丽·买买提"),
            ("阿依古丽 ・ 买买提", "阿依古丽·买买提"),
            ("𠮷野", "𠮷野"),
            ("龘䶮㛃", "龘䶮㛃"),
            ("\u{30000}\u{323af}", "\u{30000}\u{323af}"),
            ("〇一", "〇一"),
            ("Anna  Maria", "Anna Maria"),
            ("O’Brien-Łukasz", "O'Brien-Łukasz"),
            ("ＺＨＡＮＧ　ＳＡＮ", "ZHANG SAN"),
            ("José Ñandú", "José Ñandú"),
            ("李 Li", "李Li"),
            (&fifty, &fifty),
        ];
        for (raw, stored) in cases {
            assert_eq!(clean_name(raw).as_deref(), Ok(stored), "{raw:?}");
        }
    }

    #[test]
    fn names_refused() {
        for empty in ["", " ", "\u{3000}"] {
            assert_eq!(clean_name(empty), Err(TextError::NameEmpty), "{empty:?}");
        }
        assert_eq!(clean_name(&"张".repeat(51)), Err(TextError::NameLong));
        assert_eq!(clean_name(&"a".repeat(10_000)), Err(TextError::NameLong));
        let hostile = [
            ("=cmd", 1),
            ("+张三", 1),
            ("-张三", 1),
            ("@张三", 1),
            ("张三1", 3),
            ("张三１", 3),
            ("张\u{0}三", 2),
            ("张\u{202e}三", 2),
            ("张\u{200b}三", 2),
            ("张\u{200d}三", 2),
            ("\u{feff}张三", 1),
            ("张三😀", 3),
            ("<b>张三", 1),
            ("张三;", 3),
            ("张\n三", 2),
            ("张\t三", 2),
            ("·张三", 1),
            ("张三·", 3),
            ("张··三", 3),
            ("张·-三", 3),
            ("张三'", 3),
            ("'", 1),
            ("张三 · ", 4),
            ("张\u{e863}三", 2),
            ("张三\u{301}", 3),
            ("Аня", 1),
            ("محمد", 1),
            ("张三&李四", 3),
            ("张三、李四", 3),
            ("张三（小）", 3),
            ("\u{e0041}", 1),
            ("张\u{2066}三", 2),
        ];
        for (raw, place) in hostile {
            assert_eq!(clean_name(raw), Err(TextError::NameCharacters(place)), "{raw:?}");
        }
    }

    #[test]
    fn texts() {
        let taken = [
            (" 一\r\n二\r三\u{2028}四 ", "一\n二\n三\n四"),
            ("=SUM(A1)", "=SUM(A1)"),
            ("a\tb", "a b"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
            ("好👍🏽👨‍👩‍👧", "好👍🏽👨‍👩‍👧"),
            ("\u{feff}带标记", "带标记"),
        ];
        for (raw, stored) in taken {
            assert_eq!(clean_text(raw, 100).as_deref(), Ok(stored), "{raw:?}");
        }
        for empty in ["", " \n\t\u{3000}", "\u{feff}"] {
            assert_eq!(clean_text(empty, 10), Err(TextError::TextEmpty));
        }
        assert!(clean_text(&"字".repeat(10), 10).is_ok());
        assert_eq!(clean_text(&"字".repeat(11), 10), Err(TextError::TextLong(10)));
        assert_eq!(clean_text(&"字".repeat(10_000), 500), Err(TextError::TextLong(500)));
        for hidden in [
            '\0',
            '\u{7}',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{202e}',
            '\u{2066}',
            '\u{200f}',
            '\u{61c}',
            '\u{200b}',
            '\u{fff9}',
            '\u{ffff}',
            '\u{1fffe}',
            '\u{e0041}',
        ] {
            assert_eq!(clean_text(&format!("一{hidden}二"), 10), Err(TextError::TextCharacters(2)), "{hidden:?}");
        }
    }

    #[test]
    fn codes_and_sentences() {
        let all = [
            (TextError::NameEmpty, "name.empty"),
            (TextError::NameLong, "name.long"),
            (TextError::NameCharacters(3), "name.characters"),
            (TextError::TextEmpty, "text.empty"),
            (TextError::TextLong(200), "text.long"),
            (TextError::TextCharacters(3), "text.characters"),
        ];
        for (error, code) in all {
            assert_eq!(error.code(), code);
            assert!(error.message().contains('请'), "{code}");
        }
        assert!(TextError::NameCharacters(3).message().contains("第 3 个"));
    }

    proptest! {
        #[test]
        fn a_stored_name_is_stable_and_harmless(raw in "\\PC{0,60}") {
            if let Ok(name) = clean_name(&raw) {
                prop_assert_eq!(clean_name(&name), Ok(name.clone()));
                prop_assert!((1..=MAX_NAME_CHARS).contains(&name.chars().count()));
                prop_assert!(!name.starts_with(['=', '+', '-', '@', '\'', ' ']));
            }
        }

        #[test]
        fn han_names_pass(name in "[一-龥]{1,4}(·[一-龥]{1,8})?") {
            prop_assert_eq!(clean_name(&name), Ok(name));
        }

        #[test]
        fn a_stored_text_is_stable(raw in any::<String>()) {
            if let Ok(text) = clean_text(&raw, 1000) {
                prop_assert_eq!(clean_text(&text, 1000), Ok(text.clone()));
                prop_assert!(!text.contains('\0') && !text.contains('\r'));
            }
        }
    }
}
