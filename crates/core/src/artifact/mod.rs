//! Artifacts: what a manifest is to people.
//!
//! `kind` tells what it is, `accessory` whether it belongs to another, `remove` takes it away.

pub(crate) mod accessory;
pub(crate) mod kind;
pub(crate) mod remove;
