//! The clauses.

pub(crate) mod interrupting;
pub(crate) mod reading;
pub(crate) mod refusing;
pub(crate) mod sealing;
