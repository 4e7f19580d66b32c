//! What tests stand on: a whole Minato on a real listener, people who use it, and
//! content to push.
//!
//! `SQLite` and a folder by default; with `MINATO_TEST_DATABASE_URL` (a `PostgreSQL`
//! server where databases may be made) and `MINATO_TEST_S3_URL` the same tests run on
//! those.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test kit may give up"
)]

pub mod app;
pub mod backend;
pub mod browser;
pub mod bucket;
pub mod content;
pub mod forge;
pub mod persona;
pub mod receiver;
pub mod scanner;

pub use app::TestApp;
pub use content::Image;
pub use persona::{Answer, Persona};
