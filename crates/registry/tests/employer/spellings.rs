//! Sixteen ways of writing the name or the code of an employer.

use pinyin::ToPinyin;

use super::invented::{Dice, FIRST, Invented, Parts, character, homophone};

const TRADITIONAL: &str = "门門区區辉輝达達丰豐顺順兴興华華荣榮龙龍东東业業发發贸貿电電机機设設备備灯燈饰飾纸紙车車广廣会會台臺开開鹤鶴\
    责責团團厂廠医醫药藥饮飲装裝织織阳陽乐樂礼禮双雙银銀锦錦钢鋼制製亚亞万萬远遠凯凱联聯创創鸿鴻伟偉诚誠亿億飞飛蓝藍宝寶号號经經营營\
    腾騰锋鋒艺藝胜勝进進农農养養环環饰飾玩玩传傳广廣资資应應链鏈维維务務产產属屬镇鎮学學园園敬敬";

fn traditional(text: &str) -> String {
    let table: Vec<char> = TRADITIONAL.chars().filter(|c| !c.is_whitespace()).collect();
    let twin = |c: char| table.chunks_exact(2).find(|pair| pair[0] == c).map_or(c, |pair| pair[1]);
    text.chars().map(twin).collect()
}

/// Sixteen ways of writing one employer, each under what was done to it.
pub fn spellings(of: &Invented, code: &str) -> Vec<(&'static str, String)> {
    let mut dice = Dice(u64::from(of.number) * 7_919);
    let (parts, name) = (&of.parts, of.parts.name());
    let with = |change: &dyn Fn(&mut Parts)| {
        let mut parts = parts.clone();
        change(&mut parts);
        parts.name()
    };
    vec![
        ("region dropped", region_dropped(parts)),
        ("form dropped or swapped", form_changed(parts, &mut dice)),
        ("abbreviation", format!("{}{}", parts.trade_name, parts.short_business)),
        ("brackets", brackets(parts, &mut dice)),
        ("full width", full_width(&name, &mut dice)),
        ("traditional", traditional(&name)),
        ("homophone", with(&|parts| parts.trade_name = homophone(&parts.trade_name))),
        (
            "one missing",
            edited(&name, &mut dice, |text, at, _| {
                text.remove(at);
            }),
        ),
        (
            "one added",
            edited(&name, &mut dice, |text, at, dice| {
                let extra = character(FIRST, dice);
                text.insert(at, extra);
            }),
        ),
        (
            "two swapped",
            edited(&name, &mut dice, |text, at, _| {
                let at = at.min(text.len() - 2);
                text.swap(at, at + 1);
            }),
        ),
        ("spaces and dots", spaced(&name, &mut dice)),
        ("case, or only its beginning", beginning(parts)),
        ("code with spaces", format!(" {} {} {}", &code[..2], code[2..8].to_owned(), code[8..].to_lowercase())),
        ("code with a slip", slipped(code)),
        ("former name", of.former.clone()),
        ("initials", initials(&name)),
    ]
}

/// Without the city where a district or bracket is named too, else without whatever place there is.
fn region_dropped(parts: &Parts) -> String {
    let mut parts = parts.clone();
    if parts.city.is_empty() || parts.district.is_empty() {
        (parts.city, parts.district, parts.bracket) = ("", "", "");
    } else {
        parts.city = "";
    }
    parts.name()
}

fn form_changed(parts: &Parts, dice: &mut Dice) -> String {
    let mut parts = parts.clone();
    parts.form = match parts.form {
        "厂" => dice.pick(&["", "有限公司", "五金厂"]),
        "有限公司" => dice.pick(&["", "公司", "有限责任公司", "集团有限公司"]),
        "有限公司分公司" => "分公司",
        _ => "",
    };
    parts.name()
}

fn brackets(parts: &Parts, dice: &mut Dice) -> String {
    let name = parts.name();
    if parts.bracket.is_empty() {
        // The place moves into brackets, as on many signs.
        let place = if parts.district.is_empty() { "江门" } else { parts.district };
        let mut moved = parts.clone();
        (moved.city, moved.district, moved.town) = ("", "", "");
        let form = moved.form;
        moved.form = "";
        return format!("{}({place}){form}", moved.name());
    }
    match dice.roll(2) {
        0 => name.replace('（', "(").replace('）', ")"),
        _ => name.replace(['（', '）'], ""),
    }
}

fn full_width(name: &str, dice: &mut Dice) -> String {
    let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c };
    let mut text: Vec<char> = name.chars().map(wide).collect();
    text.insert(dice.roll(text.len()), '\u{3000}');
    text.into_iter().collect()
}

fn edited(name: &str, dice: &mut Dice, edit: impl Fn(&mut Vec<char>, usize, &mut Dice)) -> String {
    let mut text: Vec<char> = name.chars().collect();
    let at = dice.roll(text.len());
    edit(&mut text, at, dice);
    text.into_iter().collect()
}

fn spaced(name: &str, dice: &mut Dice) -> String {
    let mut text: Vec<char> = name.chars().collect();
    for sign in [' ', '.', '·', ' '] {
        text.insert(dice.roll(text.len()), sign);
    }
    text.into_iter().collect()
}

/// In the other case, where there are letters; else the name as far as somebody types it before he looks.
fn beginning(parts: &Parts) -> String {
    let name = parts.name();
    if name.chars().any(|c| c.is_ascii_alphabetic()) {
        return name.to_lowercase();
    }
    let keep = name.chars().count() - parts.form.chars().count();
    name.chars().take(keep).collect()
}

fn slipped(code: &str) -> String {
    let mut done = false;
    let slip = |c: char| match c {
        '0' if !std::mem::replace(&mut done, true) => 'O',
        '1' if !std::mem::replace(&mut done, true) => 'I',
        _ => c,
    };
    code.chars().map(slip).collect()
}

fn initials(name: &str) -> String {
    let letter = |c: char| match c.to_pinyin() {
        Some(syllable) => syllable.first_letter().chars().next(),
        None => c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()),
    };
    name.chars().filter_map(letter).collect()
}
