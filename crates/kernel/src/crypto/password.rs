//! Passwords, one-time passwords and codes.
//!
//! Invariants: a password is kept only as an Argon2id hash (OWASP: 19 MiB, 2 passes, 1 lane); a sign-in to an unknown
//! account costs the same time as one to a known account ([`verify_dummy`]); codes are uniform and never derived from
//! a clock.
//!
//! Hashing takes tens of milliseconds of one core: call it from a blocking thread.
//!
//! ```
//! use kernel::crypto::password;
//!
//! assert!(password::check("Kapok-tree 27", "chair.li").is_ok());
//! let hash = password::hash("Kapok-tree 27")?;
//! assert!(password::verify("Kapok-tree 27", &hash));
//! assert!(!password::verify("kapok-tree 27", &hash));
//! # Ok::<(), password::PasswordError>(())
//! ```

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::Rng;
use subtle::ConstantTimeEq;
use thiserror::Error;

/// The least number of characters of a password.
pub const MIN_CHARS: usize = 10;
/// The greatest number of characters, so that nobody makes the server hash a book.
pub const MAX_CHARS: usize = 128;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of a random password that was thrown away, with the parameters above.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$Dd+puKajcumsqmiloSGRZw$R+kMf/11Uilge+vvVhJVgYH612i5V9sII08olM6seA4";

/// No 0 O o, 1 l I, 2 Z, 5 S: nobody should have to guess when typing from paper.
const ONE_TIME_ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRTUVWXY346789";
const ONE_TIME_CHARS: usize = 16;

/// The letters that are left of a common password when digits and signs are taken away.
const COMMON_CORES: [&str; 38] = [
    "",
    "a",
    "aa",
    "aaa",
    "ab",
    "abc",
    "abcd",
    "abcde",
    "abcdef",
    "abcdefg",
    "admin",
    "administrator",
    "asdf",
    "asdfgh",
    "asdfghjkl",
    "changeme",
    "dragon",
    "gonghui",
    "guest",
    "hello",
    "iloveyou",
    "jiangmen",
    "letmein",
    "master",
    "passw",
    "passwd",
    "password",
    "passwrd",
    "psswrd",
    "qaz",
    "qazwsx",
    "qazwsxedc",
    "qwer",
    "qwerty",
    "qwertyuiop",
    "root",
    "welcome",
    "zhigong",
];

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordFault {
    /// Fewer than [`MIN_CHARS`] characters.
    #[error("密码至少要有 {MIN_CHARS} 个字符。请加长后再提交")]
    Short,
    /// More than [`MAX_CHARS`] characters.
    #[error("密码最多 {MAX_CHARS} 个字符。请缩短后再提交")]
    Long,
    /// Control characters.
    #[error("密码里有无法显示的字符。请换成键盘上能直接输入的字符")]
    Characters,
    /// Fewer than three of: lower case, upper case, digits, others.
    #[error("密码要包含小写字母、大写字母、数字、符号中的至少三类。请补充后再提交")]
    Classes,
    /// Contains the login name.
    #[error("密码里不能包含登录名。请换一个密码")]
    Login,
    /// A common password, such as `Password123`.
    #[error("这个密码太常见，容易被猜到。请换一个别人想不到的密码")]
    Common,
}

impl PasswordFault {
    /// The stable code of this refusal.
    pub fn code(self) -> &'static str {
        match self {
            Self::Short => "password.short",
            Self::Long => "password.long",
            Self::Characters => "password.characters",
            Self::Classes => "password.classes",
            Self::Login => "password.login",
            Self::Common => "password.common",
        }
    }

    /// The Chinese sentence for the user.
    pub fn message(self) -> String {
        self.to_string()
    }
}

/// The hash could not be made, for want of memory or of random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("暂时无法处理密码。请稍后重试，仍不行请联系系统管理员")]
pub struct PasswordError;

impl PasswordError {
    /// The stable code of this error.
    pub fn code(self) -> &'static str {
        "password.unavailable"
    }
}

/// Checks a new password against the rule; gives every fault, in a stable order.
pub fn check(password: &str, login: &str) -> Result<(), Vec<PasswordFault>> {
    let chars = password.chars().count();
    if chars > MAX_CHARS {
        return Err(vec![PasswordFault::Long]);
    }
    let lower = password.to_lowercase();
    let login = login.trim().to_lowercase();
    let rules = [
        (PasswordFault::Short, chars < MIN_CHARS),
        (PasswordFault::Characters, password.chars().any(char::is_control)),
        (PasswordFault::Classes, classes(password) < 3),
        // Two letters turn up in any password by chance.
        (PasswordFault::Login, login.chars().count() >= 3 && lower.contains(&login)),
        (PasswordFault::Common, is_common(&lower)),
    ];
    let faults: Vec<_> = rules.into_iter().filter(|(_, broken)| *broken).map(|(fault, _)| fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The Argon2id hash as a PHC string, with a random salt.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    let hash = argon2()?.hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|_| PasswordError)
}

/// Whether the password belongs to the PHC string; a string that cannot be read takes as long and gives `false`.
pub fn verify(password: &str, phc: &str) -> bool {
    let Ok(expected) = PasswordHash::new(phc) else {
        return verify_dummy(password);
    };
    argon2().is_ok_and(|argon2| argon2.verify_password(password.as_bytes(), &expected).is_ok())
}

/// Takes as long as [`verify`] and gives `false`: for an account that does not exist or has no password.
pub fn verify_dummy(password: &str) -> bool {
    let verified = PasswordHash::new(DUMMY)
        .ok()
        .zip(argon2().ok())
        .map(|(dummy, argon2)| argon2.verify_password(password.as_bytes(), &dummy).is_ok());
    // The work must not be optimised away, and its outcome must not count.
    std::hint::black_box(verified);
    false
}

/// A random password of 16 characters without look-alikes that passes [`check`]; 91 bits.
pub fn one_time_password() -> String {
    loop {
        let pick = || char::from(ONE_TIME_ALPHABET[below(ONE_TIME_ALPHABET.len() as u32) as usize]);
        let password: String = (0..ONE_TIME_CHARS).map(|_| pick()).collect();
        if check(&password, "").is_ok() {
            return password;
        }
    }
}

/// A uniform code of six digits, `000000`–`999999`.
pub fn six_digit_code() -> String {
    format!("{:06}", below(1_000_000))
}

/// Whether two secrets are equal, in a time that does not depend on where they differ (their lengths are not secret).
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A uniform number below `bound` (> 0): the incomplete last round of the generator is drawn again.
fn below(bound: u32) -> u32 {
    let whole = u32::MAX - u32::MAX % bound;
    let mut rng = rand::rng();
    loop {
        let drawn = rng.next_u32();
        if drawn < whole {
            return drawn % bound;
        }
    }
}

fn classes(password: &str) -> u32 {
    let kinds: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_ascii_alphanumeric(),
    ];
    kinds.iter().map(|kind| u32::from(password.chars().any(kind))).sum()
}

fn is_common(lower: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let disguised = lower.replace('@', "a").replace('$', "s").replace('0', "o").replace('1', "i");
    [letters(lower), letters(&disguised)].iter().any(|core| COMMON_CORES.contains(&core.as_str()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Instant;

    use proptest::prelude::*;

    use super::PasswordFault::*;
    use super::*;

    #[test]
    fn the_rule() {
        let long = "Ab1-".repeat(33);
        let cases: [(&str, &[PasswordFault]); 18] = [
            ("Kapok-tree 27", &[]),
            ("木棉花开Kapok27", &[]),
            ("kapok-tree 27", &[]),
            ("Tr4.Tr4.Tr", &[]),
            ("Tr4.Tr4.T", &[Short]),
            ("kapoktree27", &[Classes]),
            ("KAPOK-TREES", &[Classes]),
            ("", &[Short, Classes, Common]),
            (&long, &[Long]),
            ("Kapok\u{0}tree27", &[Characters]),
            ("Chair.Li-2026", &[Login]),
            ("xxCHAIR.LI7yy", &[Login]),
            ("Password123", &[Common]),
            ("P@ssw0rd2026!", &[Common]),
            ("Admin@123456", &[Common]),
            ("1qaz@WSX3edc", &[Common]),
            ("Zhigong@2026", &[Common]),
            ("Aa123456789", &[Common]),
        ];
        for (password, faults) in cases {
            let expected = if faults.is_empty() { Ok(()) } else { Err(faults.to_vec()) };
            assert_eq!(check(password, "chair.li"), expected, "{password:?}");
        }
        assert_eq!(check("Kapok-li 27", "li"), Ok(()), "a login of two letters is not looked for");
        let codes = [Short, Long, Characters, Classes, Login, Common].map(|fault| (fault.code(), fault.message()));
        assert!(codes.iter().all(|(code, message)| code.starts_with("password.") && message.contains("密码")));
    }

    #[test]
    fn hashes_are_salted_and_verify() {
        let (one, two) = (hash("Kapok-tree 27").unwrap(), hash("Kapok-tree 27").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(verify("Kapok-tree 27", &one) && verify("Kapok-tree 27", &two));
        for wrong in ["Kapok-tree 28", "", "kapok-tree 27", "Kapok-tree 27 "] {
            assert!(!verify(wrong, &one));
        }
        for damaged in ["", "plain", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ"] {
            assert!(!verify("Kapok-tree 27", damaged), "{damaged}");
        }
    }

    #[test]
    fn the_dummy_costs_what_a_real_hash_costs() {
        let dummy = PasswordHash::new(DUMMY).unwrap();
        let real = hash("Kapok-tree 27").unwrap();
        let real = PasswordHash::new(&real).unwrap();
        assert_eq!(dummy.algorithm, real.algorithm);
        assert_eq!(dummy.params, real.params);
        assert_eq!(dummy.hash.unwrap().as_ref().len(), real.hash.unwrap().as_ref().len());
        let start = Instant::now();
        assert!(!verify_dummy("Kapok-tree 27"));
        assert!(start.elapsed().as_micros() > 2_000, "the dummy did no work");
    }

    #[test]
    fn one_time_passwords_and_codes() {
        let passwords: HashSet<_> = (0..200).map(|_| one_time_password()).collect();
        assert_eq!(passwords.len(), 200);
        for password in &passwords {
            assert_eq!(password.len(), 16);
            assert!(!password.contains(['0', 'O', 'o', '1', 'l', 'I', '2', 'Z', '5', 'S']), "{password}");
            assert_eq!(check(password, "admin"), Ok(()));
        }
        let mut digits = [0u32; 10];
        for _ in 0..20_000 {
            let code = six_digit_code();
            assert_eq!(code.len(), 6);
            code.bytes().for_each(|digit| digits[usize::from(digit - b'0')] += 1);
        }
        // 120,000 digits: mean 12,000, standard deviation 104; ten of them stay within five.
        assert!(digits.iter().all(|count| (11_480..=12_520).contains(count)), "{digits:?}");
    }

    proptest! {
        #[test]
        fn compares_like_equality(a: Vec<u8>, b: Vec<u8>) {
            prop_assert_eq!(constant_time_eq(&a, &b), a == b);
            prop_assert!(constant_time_eq(&a, &a));
        }

        #[test]
        fn drawn_numbers_are_below(bound in 1u32..) {
            prop_assert!(below(bound) < bound);
        }

        #[test]
        fn any_text_is_judged(password in ".{0,200}", login in ".{0,20}") {
            let _ = check(&password, &login);
        }
    }
}
