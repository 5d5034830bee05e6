//! The four-word code under which the author of an opinion finds the answer, without an account: 月光 白菜 台阶 钢笔.
//!
//! The list (`words.txt`) holds 2,048 plain words of two characters, so that a code is eight characters that can be
//! read over the telephone: no two words sound alike, not even to ears that do not tell zh from z, l from n or ng from
//! n, and none is another one reversed. They were chosen by frequency from the dictionary of jieba (MIT licence); the
//! list never changes, since codes that were handed out rest on it. `web/shared/ballot/words.txt` is the same file.
//!
//! A code has 44 bits. That is not enough for a stolen table, nor against who can open the ballots: so nothing leaves
//! the author's device but [`Code::stretched`], which costs tens of milliseconds and 19 MiB a try, and nothing is kept
//! but a blind index (`kernel::crypto::blind_index`) over that. This half is for simulation and tests; the browser has its
//! own in `web/shared/ballot/code.ts`. Call it from a blocking thread and outside any transaction.
//!
//! ```
//! use voice::ballot::words::Code;
//!
//! let code = Code::random();
//! assert_eq!(code.to_string().parse(), Ok(code));
//! assert_eq!(code.to_string().replace(' ', "、").parse(), Ok(code));
//! ```

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{Error, Result};
use rand::RngExt;
use zeroize::Zeroizing;

/// Words of the list; eleven bits each.
pub const WORDS: usize = 2048;
/// Words of a code.
pub const CODE_WORDS: usize = 4;
const WORD_CHARS: usize = 2;

const SALT: &[u8] = b"zhigong.opinion.code.v1";
/// As for passwords (OWASP): 19 MiB, 2 passes, 1 lane.
const COST: (u32, u32, u32) = (19_456, 2, 1);

static LIST: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("words.txt").lines().collect());

/// All words, in the order of the file (by code point).
#[must_use]
pub fn list() -> &'static [&'static str] {
    &LIST
}

/// Four words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code([u16; CODE_WORDS]);

impl Code {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        // 2,048 is a power of two: every word is as likely as any other.
        Self(std::array::from_fn(|_| rand::rng().random_range(0..2048)))
    }

    /// What is kept of a code, as a blind index over it: slow to compute.
    ///
    /// # Errors
    /// A fault of the library.
    pub fn stretched(&self) -> Result<Zeroizing<[u8; 32]>> {
        let (memory, passes, lanes) = COST;
        let params = Params::new(memory, passes, lanes, Some(32)).map_err(Error::internal)?;
        let (text, mut output) = (Zeroizing::new(self.to_string()), Zeroizing::new([0; 32]));
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(text.as_bytes(), SALT, output.as_mut_slice()).map_err(Error::internal)?;
        Ok(output)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, number) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(LIST.get(usize::from(*number)).copied().unwrap_or_default())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Code {
    /// Names nothing: whoever has the code is the author.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code")
    }
}

/// What was typed is no code: not eight characters, or a word that is not on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACode;

impl FromStr for Code {
    type Err = NotACode;

    /// Reads what somebody typed; blanks and signs between the words do not matter.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let typed: Vec<char> =
            text.chars().filter(|sign| sign.is_alphabetic()).take(CODE_WORDS * WORD_CHARS + 1).collect();
        if typed.len() != CODE_WORDS * WORD_CHARS {
            return Err(NotACode);
        }
        let mut code = [0; CODE_WORDS];
        for (slot, word) in code.iter_mut().zip(typed.chunks(WORD_CHARS)) {
            let word: String = word.iter().collect();
            let number = LIST.binary_search_by(|known| (*known).cmp(word.as_str())).map_err(|_| NotACode)?;
            *slot = u16::try_from(number).map_err(|_| NotACode)?;
        }
        Ok(Self(code))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pinyin::ToPinyin;

    use super::*;

    #[test]
    fn the_list_is_what_codes_rest_on() {
        let words = list();
        assert_eq!(words.len(), WORDS);
        assert!(words.is_sorted() && words.windows(2).all(|pair| pair[0] != pair[1]), "sorted, each once");
        let known: BTreeSet<&str> = words.iter().copied().collect();
        for word in words {
            let signs: Vec<char> = word.chars().collect();
            assert_eq!(signs.len(), WORD_CHARS, "{word}");
            assert!(signs.iter().all(|sign| ('\u{4e00}'..='\u{9fff}').contains(sign)), "{word}");
            let reversed: String = signs.iter().rev().collect();
            assert!(!known.contains(reversed.as_str()), "{word} is another one reversed");
        }
        let site = include_str!("../../../../web/shared/ballot/words.txt");
        assert_eq!(site, include_str!("words.txt"), "the browser's list is another one");
    }

    /// Without tones, and as southern ears hear it.
    fn heard(word: &str) -> Vec<String> {
        let plain = word.to_pinyin().flatten().map(pinyin::Pinyin::plain);
        plain
            .map(|sound| {
                let sound = sound.strip_suffix("ng").map_or_else(|| sound.to_owned(), |short| format!("{short}n"));
                let sound = sound.replacen("zh", "z", 1).replacen("ch", "c", 1).replacen("sh", "s", 1);
                sound.strip_prefix('l').map_or_else(|| sound.clone(), |rest| format!("n{rest}"))
            })
            .collect()
    }

    #[test]
    fn no_two_words_sound_alike() {
        let mut sounds = std::collections::BTreeMap::new();
        for word in list() {
            let heard = heard(word);
            assert_eq!(heard.len(), WORD_CHARS, "{word}");
            if let Some(other) = sounds.insert(heard, word) {
                panic!("{word} sounds like {other}");
            }
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = Code([0, 1, 1024, 2047]);
        let text = code.to_string();
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(words.len(), CODE_WORDS);
        for joined in ["", " ", "　", "-", "，", "、", "\n", " / "] {
            assert_eq!(words.join(joined).parse(), Ok(code), "{joined:?}");
        }
        let strange = format!("{} {} {} 甲乙", words[0], words[1], words[2]);
        for text in ["", words[0], &text[3..], &format!("{text} {}", words[0]), &strange, "abcdefgh"] {
            assert_eq!(text.parse::<Code>(), Err(NotACode), "{text}");
        }
        assert!(!format!("{code:?}").contains(words[0]));
    }

    #[test]
    fn a_code_is_stretched_the_same_way_every_time() {
        let (one, other) = (Code([1, 2, 3, 4]), Code([1, 2, 3, 5]));
        assert_eq!(*one.stretched().unwrap(), *one.stretched().unwrap());
        assert_ne!(*one.stretched().unwrap(), *other.stretched().unwrap());
        // The browser makes the same of it: `web/shared/ballot/code.test.ts`.
        let known = "c43a50c044cbeb6f4f3adb3be1a679765ae6c447a806a478339e9d1c28add8fd";
        assert_eq!(hex::encode(*Code([0, 1, 1024, 2047]).stretched().unwrap()), known);
        let different: BTreeSet<[u16; 4]> = (0..200).map(|_| Code::random().0).collect();
        assert_eq!(different.len(), 200, "two of 200 alike: once in a billion runs");
    }
}
