//! `docs/codes.md`: what every code of a refusal means, for a reader who knows no Chinese.
//!
//! ```
//! let text = registry::codes::markdown(&registry::codes::all());
//! assert!(text.contains("| `auth.required` | 401 |"));
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;

use kernel::error::RefusalKind;

/// Refusals of the kernel and of the registry.
#[must_use]
pub fn all() -> Vec<&'static RefusalKind> {
    let kernel = [
        kernel::error::REFUSALS,
        kernel::file::REFUSALS,
        kernel::node::REFUSALS,
        kernel::approval::REFUSALS,
        kernel::parameter::REFUSALS,
        kernel::sheet::REFUSALS,
    ]
    .concat();
    kernel.into_iter().chain(crate::refusals()).collect()
}

/// The refusals as a Markdown table, sorted by code; a code declared twice stands once.
///
/// Sentences that name particulars (a date, a union) are shown in their general form.
#[must_use]
pub fn markdown(refusals: &[&RefusalKind]) -> String {
    let sorted: BTreeMap<&str, &RefusalKind> = refusals.iter().map(|kind| (kind.code, *kind)).collect();
    let mut text = String::from(
        "# Codes\n\nGenerated; do not edit. A refused request answers `application/problem+json` with one of these \
         codes; `detail` is the Chinese sentence, which may name particulars.\n\n\
         | code | status | 中文 | English meaning |\n|---|---|---|---|\n",
    );
    for (code, kind) in sorted {
        let (message, meaning) = (cell(kind.message), cell(kind.meaning));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{code}` | {} | {message} | {meaning} |", kind.status.as_u16());
    }
    text
}

fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_say_the_next_step() {
        let mut seen = BTreeMap::new();
        for kind in all() {
            assert!(seen.insert(kind.code, kind.meaning).is_none(), "{} is declared twice", kind.code);
            assert!(kind.code.contains('.') || kind.code == "not_found", "{} has no noun", kind.code);
            assert!(kind.message.ends_with('。'), "{} is no sentence", kind.code);
            assert!(kind.message.contains('请') || kind.message.contains('，'), "{} has no next step", kind.code);
            assert!(kind.meaning.trim().ends_with('.'), "{} has no meaning", kind.code);
        }
    }

    #[test]
    fn faults_of_the_pure_rules_are_listed() {
        use crate::employer::uscc::UsccError::{Characters, Check, Class, Department, Length};
        use crate::person::id_number::IdError;
        use crate::person::name::TextError;
        let ids =
            [IdError::Length, IdError::Characters, IdError::Date, IdError::Check, IdError::Division, IdError::Future];
        let texts = [
            TextError::NameEmpty,
            TextError::NameLong,
            TextError::NameCharacters(1),
            TextError::TextEmpty,
            TextError::TextLong(1),
            TextError::TextCharacters(1),
        ];
        let listed: Vec<&str> = all().iter().map(|kind| kind.code).collect();
        let codes = [Length, Characters, Department, Class, Check].map(|fault| fault.code()).into_iter();
        let codes = codes.chain(ids.map(IdError::code)).chain(texts.map(TextError::code));
        for code in codes.chain([crate::person::phone::PhoneError.code()]) {
            assert!(listed.contains(&code), "{code} is not listed");
        }
    }

    #[test]
    fn each_code_has_one_row() {
        let text = markdown(&all());
        let rows = text.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, all().len());
        assert!(text.contains("| `not_found` | 404 |"));
    }
}
