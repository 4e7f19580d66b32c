//! What Minato calls: one HTTP client for all that goes out, guarded against being sent to where
//! only the server itself can go; and what syslog servers are told.
#![warn(missing_docs)]

mod guard;
mod outbound;
mod scanner;
pub mod syslog;

pub use guard::Guard;
pub use outbound::{Answer, Call, CallError, Outbound, plain_address};
pub use scanner::{Adapter, Auth, Report, ScanRequest, ScannedArtifact};
