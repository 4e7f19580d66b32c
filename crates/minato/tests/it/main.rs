//! The behaviour of a whole Minato through its HTTP interface: one file for each noun.
//!
//! Runs on `SQLite` and a folder; the same tests run on `PostgreSQL` and S3 when
//! `MINATO_TEST_DATABASE_URL` and `MINATO_TEST_S3_URL` name servers.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests may give up, as tests do, and tell figures"
)]

mod audit;
mod blob;
mod catalog;
mod configuration;
mod contract;
mod crash;
mod fault;
mod hostile;
mod index;
mod login;
mod manifest;
mod process;
mod project;
mod proxy;
mod pull;
mod referrer;
mod replica;
mod statements;
mod systeminfo;
mod tag;
mod tidy;
mod token;
mod upload;
mod user;
mod visibility;
