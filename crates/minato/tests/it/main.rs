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

mod addition;
mod allowlist;
mod artifact;
mod artifact_list;
mod artifact_tag;
mod audit;
mod blob;
mod catalog;
mod configuration;
mod contention;
mod contract;
mod copy;
mod crash;
mod deletion;
mod fault;
mod fsck;
mod fsck_command;
mod gc;
mod gc_log;
mod gc_model;
mod gc_plan;
mod gc_soak;
mod growth;
mod hostile;
mod icon;
mod immutable;
mod index;
mod job_crash;
mod jobservice;
mod label;
mod login;
mod logs;
mod manifest;
mod member;
mod metadata;
mod metrics;
mod permission;
mod portal;
mod process;
mod project;
mod proxy;
mod pull;
mod purge;
mod quota;
mod referrer;
mod replica;
mod repository;
mod retention;
mod robot;
mod scan;
mod scan_all;
mod scan_gate;
mod scan_hostile;
mod scan_place;
mod scanner;
mod scrub;
mod search;
mod security;
mod session;
mod statements;
mod statistic;
mod systeminfo;
mod tag;
mod tidy;
mod token;
mod trace;
mod trust;
mod upload;
mod user;
mod usergroup;
mod visibility;
mod webhook;
mod webhook_pulls;
