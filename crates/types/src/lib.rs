//! The vocabulary of Minato: names, digests, references, ids, media types,
//! manifests, permissions, entities and the clock.
//!
//! Everything here is parsed once at the edge and trusted inside: a value of one
//! of these types is valid by construction. There is no I/O and no async here.
#![warn(missing_docs)]

pub mod allowlist;
pub mod artifact;
pub mod clock;
pub mod deletion;
pub mod digest;
pub mod id;
pub mod job;
pub mod label;
pub mod manifest;
pub mod media_type;
pub mod member;
pub mod name;
pub mod permission;
pub mod project;
pub mod query;
pub mod reference;
pub mod repository;
pub mod robot;
pub mod scan;
pub mod secret;
pub mod token;
pub mod user;
pub mod usergroup;
pub mod webhook;
