//! The contract of `BlobStore`, clause by clause, for every backend.
//!
//! A clause is a function that is given a place (a folder, a prefix in a bucket) and asks
//! nothing but what the trait promises. `clauses!` stamps one test per clause for the disk,
//! and the table that `s3.rs` runs through. What only one backend can get wrong stands in
//! that backend's file.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clauses are tests; clippy sees only `#[test]` functions as such"
)]

mod clauses;
mod disk;
mod place;
mod s3;

macro_rules! clauses {
    ($($module:ident::$name:ident),* $(,)?) => {
        mod on_disk {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    crate::clauses::$module::$name(crate::place::in_folder()).await;
                }
            )*
        }

        /// Every clause under its name.
        fn all_clauses() -> Vec<(&'static str, place::Clause)> {
            vec![$((stringify!($name), |place| Box::pin(clauses::$module::$name(place)))),*]
        }
    };
}

clauses! {
    sealing::a_body_sealed_at_once_is_read_back_at_any_size,
    sealing::a_put_is_read_back_at_any_size,
    sealing::appends_of_odd_sizes_by_alternating_replicas_add_up,
    sealing::the_last_chunk_may_come_with_the_seal,
    sealing::sha512_content_is_sealed,
    sealing::another_algorithm_at_the_seal_is_checked_over_everything,
    sealing::sealing_the_same_content_twice_gives_two_keys,
    sealing::puts_of_one_content_at_once_all_succeed,
    sealing::a_sealed_session_is_gone,
    refusing::a_chunk_in_the_wrong_place_is_refused_unread,
    refusing::a_wrong_digest_never_becomes_a_blob,
    refusing::a_put_with_a_wrong_digest_leaves_nothing,
    refusing::unknown_sessions_are_not_found,
    refusing::an_aborted_session_is_gone,
    refusing::racing_appends_never_mix,
    refusing::a_seal_racing_an_append_makes_no_mixed_blob,
    interrupting::an_interrupted_append_keeps_its_bytes,
    interrupting::an_interrupted_seal_keeps_its_bytes,
    interrupting::an_interrupted_put_leaves_nothing,
    interrupting::a_cancelled_append_can_be_resumed,
    interrupting::a_cancelled_put_leaves_nothing,
    reading::ranges_are_exact,
    reading::a_stream_may_be_dropped_early,
    reading::missing_blobs_are_not_found,
    reading::deleting_is_idempotent_and_exact,
    reading::many_blobs_are_deleted_at_once,
    reading::blobs_are_listed_in_order,
    reading::a_sweep_takes_only_old_unknown_sessions,
    reading::a_usable_store_says_so,
}
