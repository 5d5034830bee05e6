//! Tables of the floor. Who may vote and who drew a ballot stand apart from what was voted: a ballot has no member, no
//! number in a row, no event and no time; see `docs/ballot-secrecy.md`.

mod appraisal;
mod ballot;
mod ballot_key;
mod cancelled;
mod cast_path;
mod channels;
mod closure_block;
mod consultation;
mod department_link;
mod duty;
mod opinion;
mod publication;
mod rectification;
mod report;

use kernel::Migration;

/// All steps, oldest first.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    vec![
        Migration { name: "voice_0001_appraisal", sql: appraisal::APPRAISAL },
        Migration { name: "voice_0002_ballot", sql: ballot::BALLOT },
        Migration { name: "voice_0003_ballot_key", sql: ballot_key::BALLOT_KEY },
        Migration { name: "voice_0004_publication", sql: publication::PUBLICATION },
        Migration { name: "voice_0005_report", sql: report::REPORT },
        Migration { name: "voice_0006_opinion", sql: opinion::OPINION },
        Migration { name: "voice_0007_duty", sql: duty::DUTY },
        Migration { name: "voice_0008_rectification", sql: rectification::RECTIFICATION },
        Migration { name: "voice_0009_channels", sql: channels::CHANNELS },
        Migration { name: "voice_0010_consultation", sql: consultation::CONSULTATION },
        Migration { name: "voice_0011_cancelled", sql: cancelled::CANCELLED },
        Migration { name: "voice_0012_closure_block", sql: closure_block::CLOSURE_BLOCK },
        Migration { name: "voice_0013_department_link", sql: department_link::DEPARTMENT_LINK },
        Migration { name: "voice_0014_cast_path", sql: cast_path::CAST_PATH },
    ]
}
