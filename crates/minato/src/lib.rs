//! The binary's inside: configuration, wiring of the parts, start and stop.
//!
//! It knows every part and no rule about projects, artifacts or people.

pub mod check;
pub mod config;
pub mod logs;
pub mod serve;
pub mod tls;
pub mod traces;
