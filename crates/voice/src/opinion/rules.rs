//! What may be done with an opinion, and what is taken out of its words before members read them; without database and
//! clock.

use kernel::{Error, Refusal, Result};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use super::{OPINION_STATE, OPINION_WORDS};

/// Most characters of an answer or of a reason to refuse.
pub const MOST_ANSWER: usize = 1_000;
/// Most characters of what an author says to an answer.
pub const MOST_REPLY: usize = 300;
/// How often an author may say something about one opinion.
pub const MOST_REPLIES: usize = 3;
/// Most characters of a reason to hide.
pub const MOST_REASON: usize = 200;

/// Where an opinion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpinionState {
    /// Nobody has dealt with it.
    Open,
    /// Answered.
    Answered,
    /// Not taken up, with a reason.
    Refused,
    /// Another opinion says the same; its answer is the answer to this one.
    Merged,
}

impl OpinionState {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Merged => "merged",
        }
    }

    /// Reads the stable name.
    ///
    /// # Errors
    /// A name that this program does not know.
    pub fn parse(text: &str) -> Result<Self> {
        [Self::Open, Self::Answered, Self::Refused, Self::Merged]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::internal(format!("no state of an opinion: {text}")))
    }

    /// Whether an opinion that stands here may be brought to `next`: an answer supersedes whatever was said before, a
    /// refusal supersedes a refusal, and only what nobody has dealt with is merged.
    ///
    /// # Errors
    /// `opinion.state`.
    pub fn leads_to(self, next: Self) -> Result<(), Refusal> {
        let may = match next {
            Self::Answered => self != Self::Merged,
            Self::Refused => matches!(self, Self::Open | Self::Refused),
            Self::Merged => self == Self::Open,
            Self::Open => false,
        };
        if may { Ok(()) } else { Err(OPINION_STATE.refusal()) }
    }
}

/// Why a text should be hidden from members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpinionFault {
    /// It insults somebody.
    Insult,
    /// It names a private person.
    Person,
    /// It tells what is nobody else's business: illness, address, family.
    Privacy,
}

impl OpinionFault {
    /// The stable English name, as in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insult => "insult",
            Self::Person => "person",
            Self::Privacy => "privacy",
        }
    }
}

/// What an author thinks of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpinionGrade {
    /// 满意.
    Satisfied,
    /// 基本满意.
    Mostly,
    /// 不满意.
    Dissatisfied,
}

impl OpinionGrade {
    /// As in the database.
    #[must_use]
    pub fn as_i64(self) -> i64 {
        match self {
            Self::Satisfied => 0,
            Self::Mostly => 1,
            Self::Dissatisfied => 2,
        }
    }

    /// Reads what stands in the database.
    #[must_use]
    pub fn of(grade: i64) -> Option<Self> {
        [Self::Satisfied, Self::Mostly, Self::Dissatisfied].into_iter().find(|one| one.as_i64() == grade)
    }
}

/// Words as they are kept: composed, without blanks at their ends, without control signs.
///
/// # Errors
/// `opinion.words` when there are fewer than `least` or more than `most` characters.
pub fn clean(text: &str, least: usize, most: usize, field: &'static str) -> Result<String, Refusal> {
    let text: String = text.nfc().collect::<String>().trim().to_owned();
    let fits = (least..=most).contains(&text.chars().count());
    if fits && !text.chars().any(|sign| sign.is_control() && sign != '\n') {
        return Ok(text);
    }
    Err(OPINION_WORDS.with(format!("这里请写 {least} 到 {most} 个字，不要使用特殊符号。")).on(field))
}

/// What stands in place of a number that points at a person.
const TAKEN_OUT: &str = "［号码已隐去］";

/// A group of digits in a text, with the sign between it and the group before.
struct Group {
    from: usize,
    to: usize,
    digits: usize,
    first: char,
    /// One of the signs that people put into a number, and nothing else, stands before it.
    joined: bool,
}

/// The text without telephone, ID and card numbers, whole or set apart by blanks and hyphens. Days, amounts and years
/// stay.
#[must_use]
pub fn masked(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let groups = groups(&signs);
    let (mut out, mut at, mut place) = (String::with_capacity(text.len()), 0, 0);
    while let Some(group) = groups.get(place) {
        let Some(many) = number_from(&groups, place) else {
            place += 1;
            continue;
        };
        let last = groups.get(place + many - 1).map_or(group.to, |last| last.to);
        out.extend(signs.get(at..group.from).unwrap_or_default());
        out.push_str(TAKEN_OUT);
        (at, place) = (last, place + many);
    }
    out.extend(signs.get(at..).unwrap_or_default());
    out
}

fn groups(signs: &[char]) -> Vec<Group> {
    let (mut groups, mut at): (Vec<Group>, usize) = (Vec::new(), 0);
    while at < signs.len() {
        let digits = signs.iter().skip(at).take_while(|sign| plain(**sign).is_some()).count();
        if digits == 0 {
            at += 1;
            continue;
        }
        // The check sign of an ID number may be an X.
        let x = digits >= 3 && signs.get(at + digits).is_some_and(|sign| "xXｘＸ".contains(*sign));
        let joined = at > 0
            && groups.last().is_some_and(|last| last.to + 1 == at)
            && signs.get(at - 1).is_some_and(|sign| " 　-－—–.·".contains(*sign));
        let to = at + digits + usize::from(x);
        let first = signs.get(at).copied().and_then(plain).unwrap_or('0');
        groups.push(Group { from: at, to, digits: digits + usize::from(x), first, joined });
        at = to;
    }
    groups
}

/// How many groups from this one on are one number that points at somebody.
fn number_from(groups: &[Group], place: usize) -> Option<usize> {
    let group = groups.get(place)?;
    // Eleven digits and more in one piece: telephone, ID, card.
    if group.digits >= 11 || (group.digits == 10 && group.first == '0') {
        return Some(1);
    }
    let sizes: Vec<usize> =
        groups.iter().skip(place + 1).take(4).take_while(|next| next.joined).map(|next| next.digits).collect();
    match (group.digits, sizes.as_slice()) {
        (3, [4, 4, ..]) if group.first == '1' => Some(3),
        (3, [8, ..]) if group.first == '1' || group.first == '0' => Some(2),
        (7, [4, ..]) if group.first == '1' => Some(2),
        (3 | 4, [7 | 8, ..]) if group.first == '0' => Some(2),
        (6, [8, 4, ..]) => Some(3),
        (6, [4, 4, 4, ..]) => Some(4),
        (4, [4, 4, 4, 1..=3, ..]) => Some(5),
        (4, [4, 4, 4, ..]) => Some(4),
        _ => None,
    }
}

/// A digit, also of the full width that Chinese keyboards type.
fn plain(sign: char) -> Option<char> {
    match sign {
        '0'..='9' => Some(sign),
        '０'..='９' => char::from_u32(u32::from(sign) - 0xfee0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_supersedes_and_a_merger_is_final() {
        use OpinionState::{Answered, Merged, Open, Refused};
        let may = [
            (Open, Answered),
            (Open, Refused),
            (Open, Merged),
            (Answered, Answered),
            (Refused, Answered),
            (Refused, Refused),
        ];
        for from in [Open, Answered, Refused, Merged] {
            assert_eq!(OpinionState::parse(from.as_str()).unwrap(), from);
            for to in [Open, Answered, Refused, Merged] {
                assert_eq!(from.leads_to(to).is_ok(), may.contains(&(from, to)), "{from:?} {to:?}");
            }
        }
    }

    #[test]
    fn numbers_that_point_at_somebody_are_taken_out() {
        let gone = [
            "13800138000",
            "１３８００１３８０００",
            "138 0013 8000",
            "138-0013-8000",
            "1380013 8000",
            "138 00138000",
            "440703199001011234",
            "44070319900101123X",
            "440703 19900101 123x",
            "440703 1990 0101 1234",
            "6222021234567890123",
            "6222 0212 3456 7890 123",
            "6222 0212 3456 7890",
            "0750-3281234",
            "020 83812345",
            "07503281234",
            "0203812345",
        ];
        for number in gone {
            for text in [number.to_owned(), format!("请打{number}找老李"), format!("{number}，\n{number}")] {
                let masked = masked(&text);
                assert_eq!(masked, text.replace(number, TAKEN_OUT), "{text}");
            }
        }
    }

    #[test]
    fn other_numbers_stay() {
        let stay = [
            "食堂太贵，一餐 15.50 元",
            "2026-11-23 10:00 到 2026-11-30 没有人来",
            "2026年11月23日欠了 12000 元",
            "三班 120 人，夜班 24 小时",
            "12351",
            "第 4 4 4 4 条",
            "",
        ];
        for text in stay {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn words_are_kept_in_one_form() {
        assert_eq!(clean(" 好\n的 ", 2, 9, "text").unwrap(), "好\n的");
        for (text, least, most) in [("", 1, 9), (" \n", 1, 9), ("好", 2, 9), ("一二三四", 2, 3), ("a\u{7}b", 1, 9)]
        {
            let refusal = clean(text, least, most, "text").unwrap_err();
            assert_eq!((refusal.code.as_ref(), refusal.field), ("opinion.words", Some("text")), "{text:?}");
        }
    }

    #[test]
    fn grades_are_read_as_they_were_written() {
        for grade in [OpinionGrade::Satisfied, OpinionGrade::Mostly, OpinionGrade::Dissatisfied] {
            assert_eq!(OpinionGrade::of(grade.as_i64()), Some(grade));
        }
        assert_eq!(OpinionGrade::of(3), None);
    }
}
