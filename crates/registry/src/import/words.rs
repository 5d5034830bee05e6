//! The words of an import: its kinds, the parts of its files, its states and phases.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$each:meta])* $word:ident = $text:literal ),+ $(,)? } )+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $( $(#[$each])* $word ),+ }

        impl $name {
            /// The stored name.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $( Self::$word => $text ),+ }
            }

            /// The word of a stored name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $( $text => Some(Self::$word), )+ _ => None }
            }
        }
    )+ };
}

words! {
    /// What is imported.
    ImportKind {
        /// Unions, employers and officers.
        Register = "register",
        /// Members.
        Roster = "roster",
    }
    /// What the rows of one file are.
    Part {
        /// Unions.
        Unions = "unions",
        /// Employers.
        Employers = "employers",
        /// Officers of unions.
        Officers = "officers",
        /// Members.
        Members = "members",
    }
    /// How far an import is.
    ImportState {
        /// Files are there, columns can be adjusted.
        Draft = "draft",
        /// The dry run is under way.
        Checking = "checking",
        /// The dry run is over, nothing was written.
        Checked = "checked",
        /// Rows are being written.
        Running = "running",
        /// Every row was judged and written or rejected.
        Done = "done",
        /// Stopped by a person; what was written stays.
        Cancelled = "cancelled",
        /// Stopped by a fault; what was written stays.
        Failed = "failed",
    }
    /// What a file to take away is.
    SheetFormat {
        /// A workbook.
        Xlsx = "xlsx",
        /// Text with separators.
        Csv = "csv",
    }
    /// Which pass over the rows.
    Phase {
        /// Dry: judges, writes no personal data.
        Check = "check",
        /// Judges and writes.
        Run = "run",
    }
}

impl Part {
    /// The kind of import that takes files of this part.
    #[must_use]
    pub fn kind(self) -> ImportKind {
        if self == Self::Members { ImportKind::Roster } else { ImportKind::Register }
    }

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Unions => "工会",
            Self::Employers => "用人单位",
            Self::Officers => "工会干部",
            Self::Members => "会员",
        }
    }
}

impl From<SheetFormat> for kernel::sheet::Format {
    fn from(format: SheetFormat) -> Self {
        match format {
            SheetFormat::Xlsx => Self::Xlsx,
            SheetFormat::Csv => Self::Csv,
        }
    }
}

impl From<kernel::sheet::Format> for SheetFormat {
    fn from(format: kernel::sheet::Format) -> Self {
        match format {
            kernel::sheet::Format::Xlsx => Self::Xlsx,
            kernel::sheet::Format::Csv => Self::Csv,
        }
    }
}

impl Phase {
    /// The state an import is in while this pass is under way.
    #[must_use]
    pub fn state(self) -> ImportState {
        match self {
            Self::Check => ImportState::Checking,
            Self::Run => ImportState::Running,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_names_are_the_wire_names() {
        for part in [Part::Unions, Part::Employers, Part::Officers, Part::Members] {
            assert_eq!(serde_json::to_value(part).unwrap(), part.as_str());
            assert_eq!(Part::parse(part.as_str()), Some(part));
        }
        assert_eq!(serde_json::to_value(ImportState::Checked).unwrap(), "checked");
        assert_eq!(ImportState::parse("unknown"), None);
    }
}
