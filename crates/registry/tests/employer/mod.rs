//! Employers: found however they are written, and only by whom they may be found by.

mod invented;
mod recall;
mod scope;
mod spellings;
