//! Results (评议结果): counted from the ballots, shown once, and recountable by anybody.

pub mod gate;
#[cfg(test)]
mod sample;
pub mod tally;
