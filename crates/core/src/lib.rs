//! What Minato *does*: who may do what, pushing and pulling, projects, users.
//!
//! Every public function here takes a grant from [`authz`] as proof that somebody
//! may do it, owns its transaction, and speaks in terms of the registry, never of
//! HTTP. The parts of [`App`] are private to this crate, so a handler that holds
//! an `App` still can't reach a table.
#![warn(missing_docs)]

mod app;
mod background;
mod cache;
mod error;
mod pace;
mod selector;

pub mod activity;
pub mod allowlist;
pub mod artifact;
pub mod audit;
pub mod authn;
pub mod authz;
pub mod blob;
pub mod check;
pub mod deletion;
pub mod gc;
pub mod growth;
pub mod health;
pub mod icon;
pub mod immutable;
pub mod job;
pub mod label;
pub mod manifest;
pub mod member;
pub mod metadata;
pub mod metrics;
pub mod principal;
pub mod project;
pub mod pull;
pub mod quota;
pub mod referrer;
pub mod repository;
pub mod retention;
pub mod robot;
pub mod scan;
pub mod scanner;
pub mod search;
pub mod session;
pub mod settings;
pub mod setup;
pub mod statistic;
pub mod system;
pub mod tag;
pub mod token;
pub mod trust;
pub mod upload;
pub mod user;
pub mod usergroup;
pub mod webhook;

pub use app::{App, GcTimes, Parts, Startup};
pub use background::Background;
pub use error::{Error, Noun, Result};
pub use minato_db::Window;
