//! Kinds and titles as people write them in a sheet.
//!
//! ```
//! use registry::import::register::words::{kind, title};
//! use registry::organization::rules::{OfficerTitle, OrganizationKind};
//!
//! assert_eq!(kind(" 基层工会 "), Some(OrganizationKind::Grassroots));
//! assert_eq!(kind("乡镇（街道）总工会"), Some(OrganizationKind::TownFederation));
//! assert_eq!(title("工会主席"), Some(OfficerTitle::Chair));
//! ```

use crate::organization::rules::{OfficerTitle, OrganizationKind};
use crate::person::name::half_width;

/// What else a kind is called; its own label counts as well.
const KINDS: [(OrganizationKind, &[&str]); 8] = [
    (OrganizationKind::CityFederation, &["市级总工会", "地市级总工会", "设区的市总工会"]),
    (
        OrganizationKind::CountyFederation,
        &["区总工会", "县总工会", "区县总工会", "县区总工会", "县(市、区)总工会", "市(区)总工会", "县市区总工会"],
    ),
    (
        OrganizationKind::TownFederation,
        &[
            "镇总工会",
            "街道总工会",
            "乡镇总工会",
            "乡镇街道总工会",
            "乡镇(街道)总工会",
            "镇(街道)总工会",
            "镇(街)总工会",
        ],
    ),
    (
        OrganizationKind::TownJoint,
        &[
            "工会联合会",
            "镇工会联合会",
            "街道工会联合会",
            "乡镇工会联合会",
            "乡镇街道工会联合会",
            "乡镇(街道)工会联合会",
            "镇(街道)工会联合会",
            "镇(街)工会联合会",
        ],
    ),
    (
        OrganizationKind::Grassroots,
        &[
            "基层工会",
            "基层工会委员会",
            "单独建会",
            "单独组建",
            "独立基层工会",
            "企业工会",
            "机关工会",
            "事业单位工会",
            "机关事业单位工会",
        ],
    ),
    (OrganizationKind::JointGrassroots, &["联合工会", "联合建会", "联合组建", "基层联合工会", "联合基层工会委员会"]),
    (OrganizationKind::Industry, &["行业性工会", "行业工会联合会", "行业性工会联合会", "行业联合工会"]),
    (OrganizationKind::Trade, &["产业工会委员会", "产业工会联合会"]),
];

/// What else an office is called; its own label counts as well.
const TITLES: [(OfficerTitle, &[&str]); 6] = [
    (OfficerTitle::Chair, &["工会主席", "正主席", "主席(法定代表人)"]),
    (OfficerTitle::ViceChair, &["工会副主席", "常务副主席", "专职副主席", "兼职副主席"]),
    (
        OfficerTitle::AuditDirector,
        &["经审主任", "经审会主任", "经审委主任", "经审委员会主任", "经费审查主任", "经费审查委员会主席"],
    ),
    (
        OfficerTitle::WomenDirector,
        &["女工主任", "女职工主任", "女工委主任", "女职委主任", "女职工委主任", "女工委员会主任"],
    ),
    (OfficerTitle::CommitteeMember, &["工会委员", "委员会委员", "执行委员", "执委"]),
    (OfficerTitle::Organiser, &["工会组织员"]),
];

/// The kind that a text means.
#[must_use]
pub fn kind(text: &str) -> Option<OrganizationKind> {
    let text = plain(text);
    let named = OrganizationKind::ALL.into_iter().find(|kind| kind.label() == text || kind.as_str() == text);
    named.or_else(|| KINDS.into_iter().find(|(_, words)| words.contains(&text.as_str())).map(|(kind, _)| kind))
}

/// The office that a text means.
#[must_use]
pub fn title(text: &str) -> Option<OfficerTitle> {
    let text = plain(text);
    let named = OfficerTitle::ALL.into_iter().find(|title| title.label() == text || title.as_str() == text);
    named.or_else(|| TITLES.into_iter().find(|(_, words)| words.contains(&text.as_str())).map(|(title, _)| title))
}

/// Half-width and without spaces.
fn plain(text: &str) -> String {
    text.chars().map(half_width).filter(|c| !c.is_whitespace()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for known in OrganizationKind::ALL {
            assert_eq!((kind(known.label()), kind(known.as_str())), (Some(known), Some(known)));
        }
        let cases = [
            ("单独建会", Some(OrganizationKind::Grassroots)),
            ("县（市、区）总工会", Some(OrganizationKind::CountyFederation)),
            ("街道 工会联合会", Some(OrganizationKind::TownJoint)),
            ("联合工会", Some(OrganizationKind::JointGrassroots)),
            ("", None),
            ("工会", None),
            ("=基层工会", None),
        ];
        for (text, expected) in cases {
            assert_eq!(kind(text), expected, "{text}");
        }
        assert_eq!(kind(&"基层工会".repeat(10_000)), None);
    }

    #[test]
    fn no_word_means_two_things() {
        let kinds: Vec<&str> = KINDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let titles: Vec<&str> = TITLES.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        for words in [kinds, titles] {
            let once: std::collections::BTreeSet<&str> = words.iter().copied().collect();
            assert_eq!(once.len(), words.len());
        }
        assert!(KINDS.iter().all(|(meant, words)| words.iter().all(|word| kind(word) == Some(*meant))));
        assert!(TITLES.iter().all(|(meant, words)| words.iter().all(|word| title(word) == Some(*meant))));
    }

    #[test]
    fn titles() {
        for known in OfficerTitle::ALL {
            assert_eq!(title(known.label()), Some(known));
        }
        assert_eq!(title("经审会主任"), Some(OfficerTitle::AuditDirector));
        assert_eq!(title("书记"), None);
    }
}
