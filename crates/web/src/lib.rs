//! All HTTP that comes in: the registry protocol, the management API, the token
//! service, the console's files, and the public entry in front of them.
//!
//! A handler turns a request into typed values, asks `core::authz` for a grant, makes
//! one call into `core` and writes the answer. It decides nothing about who may do
//! what, and can't reach the database or the store.

mod api;
mod auth;
mod client;
mod codes;
mod csrf;
mod error;
mod metrics;
mod portal;
mod proxy;
mod server;
mod session;
mod token;
mod v2;

pub use client::{Ingress, Traces};
pub use metrics::MetricsPage;
pub use proxy::Proxy;
pub use server::{Answers, Server, TlsConfig};
