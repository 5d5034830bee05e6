//! Schemes (测评方案): kinds of evaluation as data. A new kind is a new document, not new code.

pub mod entity;
