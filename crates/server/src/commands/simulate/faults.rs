//! Planted mistakes: which rows, which kind, and the code they must be rejected with.

/// A kind of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mistake {
    CheckDigit,
    ImpossibleDate,
    MissingName,
    UnknownUnion,
    ShortPhone,
    Twice,
    FutureJoining,
    WrongSex,
    Hostile(Hostile),
    RoundedNumber,
    EmptyNumber,
    UnknownForm,
}

/// A name made to harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hostile {
    Script,
    Formula,
    Long,
    Nul,
    Reversed,
}

use Mistake::{
    CheckDigit, EmptyNumber, FutureJoining, ImpossibleDate, MissingName, RoundedNumber, ShortPhone, Twice, UnknownForm,
    UnknownUnion, WrongSex,
};

const HOSTILE: [Hostile; 5] = [Hostile::Script, Hostile::Formula, Hostile::Long, Hostile::Nul, Hostile::Reversed];

impl Mistake {
    /// The kind of the planted mistake with this number, each as often as the others.
    fn of(number: u64) -> Self {
        let kinds = [
            CheckDigit,
            ImpossibleDate,
            MissingName,
            UnknownUnion,
            ShortPhone,
            Twice,
            FutureJoining,
            WrongSex,
            Self::Hostile(HOSTILE[usize::try_from(number / 12 % 5).unwrap_or_default()]),
            RoundedNumber,
            EmptyNumber,
            UnknownForm,
        ];
        kinds[usize::try_from(number % 12).unwrap_or_default()]
    }

    /// What the side file calls it.
    pub fn word(self) -> &'static str {
        match self {
            CheckDigit => "wrong_check_digit",
            ImpossibleDate => "impossible_date_in_id",
            MissingName => "missing_name",
            UnknownUnion => "unknown_union",
            ShortPhone => "phone_too_short",
            Twice => "same_person_twice",
            FutureJoining => "future_join_date",
            WrongSex => "sex_against_id",
            Self::Hostile(Hostile::Script) => "hostile_script",
            Self::Hostile(Hostile::Formula) => "hostile_formula",
            Self::Hostile(Hostile::Long) => "hostile_10000_characters",
            Self::Hostile(Hostile::Nul) => "hostile_nul",
            Self::Hostile(Hostile::Reversed) => "hostile_rtl",
            RoundedNumber => "id_stored_as_number",
            EmptyNumber => "missing_id",
            UnknownForm => "unknown_employment_form",
        }
    }

    /// The code of the refusal.
    pub fn code(self) -> &'static str {
        match self {
            CheckDigit => "id.check",
            ImpossibleDate => "id.date",
            MissingName | EmptyNumber => "import.cell_empty",
            UnknownUnion => "import.union_unknown",
            ShortPhone => "phone.format",
            Twice => "import.row_twice",
            FutureJoining => "import.date_future",
            WrongSex => "import.sex_differs",
            Self::Hostile(Hostile::Script | Hostile::Formula) => "name.characters",
            Self::Hostile(Hostile::Long) => "import.cell_long",
            Self::Hostile(Hostile::Nul | Hostile::Reversed) => "import.cell_characters",
            RoundedNumber => "import.cell_rounded",
            UnknownForm => "import.employment_form",
        }
    }
}

/// Where the mistakes are: spread evenly over the file.
pub struct Planting {
    rows: u64,
    faults: u64,
}

impl Planting {
    /// Exactly `round(rows × percent / 100)` of them.
    pub fn new(rows: u64, percent: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "rows are below 2^21 and the percentage is between 0 and 50"
        )]
        let faults = (rows as f64 * percent / 100.0).round() as u64;
        Self { rows, faults: faults.min(rows) }
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.faults
    }

    /// Row of a mistake, in the middle of its share of the file.
    fn row(&self, fault: u64) -> u64 {
        (2 * fault + 1) * self.rows / (2 * self.faults.max(1))
    }

    /// The mistake of a row, counted from 0.
    pub fn of(&self, row: u64) -> Option<Mistake> {
        let near = row * self.faults / self.rows.max(1);
        let fault =
            (near.saturating_sub(1)..=near + 1).find(|fault| *fault < self.faults && self.row(*fault) == row)?;
        match Mistake::of(fault) {
            // Nobody stands before the first row.
            Twice if self.before(row).is_none() => Some(EmptyNumber),
            mistake => Some(mistake),
        }
    }

    /// The last row before this one without a mistake.
    pub fn before(&self, row: u64) -> Option<u64> {
        (row.saturating_sub(3)..row).rev().find(|row| self.plain(*row))
    }

    fn plain(&self, row: u64) -> bool {
        let near = row * self.faults / self.rows.max(1);
        !(near.saturating_sub(1)..=near + 1).any(|fault| fault < self.faults && self.row(fault) == row)
    }
}
