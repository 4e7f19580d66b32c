//! The one writer of `SQLite` under requests that go away: a transaction that is dropped
//! at any point takes nothing with it but itself, and commits are shared.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests may give up, as tests do"
)]

use std::future::{Future, poll_fn};
use std::path::Path;
use std::pin::pin;
use std::task::Poll;

use minato_db::{Db, Options, Result, secret};
use minato_types::clock::Timestamp;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_micros(0);

async fn open(folder: &Path) -> Db {
    Db::open(&Options::Sqlite { path: folder.join("minato.db") }).await.unwrap()
}

async fn start() -> (TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    (folder, db)
}

/// Two rows in one transaction, which goes as `end` says.
async fn write_pair(db: &Db, name: &str, end: End) -> Result<()> {
    let mut tx = db.begin().await?;
    secret::insert_if_absent(&mut tx, &format!("{name}-one"), b"1", NOW).await?;
    secret::insert_if_absent(&mut tx, &format!("{name}-two"), b"2", NOW).await?;
    match end {
        End::Commit => tx.commit().await,
        End::Drop => Ok(()),
    }
}

#[derive(Clone, Copy)]
enum End {
    Commit,
    Drop,
}

/// Which rows of a pair there are.
async fn pair(db: &Db, name: &str) -> (bool, bool) {
    let mut conn = db.read().await.unwrap();
    let one = secret::get(&mut conn, &format!("{name}-one")).await.unwrap().is_some();
    let two = secret::get(&mut conn, &format!("{name}-two")).await.unwrap().is_some();
    (one, two)
}

/// Drops `future` when it has had to wait `polls` times, as the end of a connection does.
async fn cut<T>(future: impl Future<Output = T>, polls: u64) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

#[derive(Debug, PartialEq)]
enum Fate {
    Acknowledged,
    Dropped,
    Cut,
}

/// Transaction `number` of a round: committed with patience, dropped, or cut off somewhere.
async fn attempt(db: Db, name: String, number: u64) -> (String, Fate) {
    let fate = match number % 4 {
        0 => {
            write_pair(&db, &name, End::Commit).await.expect("an undisturbed commit");
            Fate::Acknowledged
        }
        1 => {
            let _ = cut(write_pair(&db, &name, End::Drop), number / 4 % 7).await;
            Fate::Dropped
        }
        _ => match cut(write_pair(&db, &name, End::Commit), number / 4 % 11).await {
            Some(outcome) => {
                outcome.expect("a commit that ended in time");
                Fate::Acknowledged
            }
            None => Fate::Cut,
        },
    };
    (name, fate)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_dropped_takes_nothing_with_it() {
    let (_folder, db) = start().await;
    let (mut acknowledged, mut gone, mut committed_unheard) = (0, 0, 0);
    for round in 0..12 {
        let tasks: Vec<_> = (0..400_u64)
            .map(|number| tokio::spawn(attempt(db.clone(), format!("{round}-{number}"), number)))
            .collect();
        for task in tasks {
            let (name, fate) = task.await.unwrap();
            match (&fate, pair(&db, &name).await) {
                (Fate::Acknowledged, (true, true)) => acknowledged += 1,
                (Fate::Dropped | Fate::Cut, (false, false)) => gone += 1,
                (Fate::Cut, (true, true)) => committed_unheard += 1,
                (_, found) => panic!("{name}: {fate:?}, but the rows are {found:?}"),
            }
        }
    }
    println!("writer: {acknowledged} acknowledged, {gone} gone, {committed_unheard} committed unheard");
    assert!(acknowledged >= 1200 && gone >= 1200, "both kinds happened");
    write_pair(&db, "last", End::Commit).await.unwrap();
    assert_eq!(pair(&db, "last").await, (true, true));
}

#[tokio::test]
async fn a_dropped_transaction_does_not_keep_others_out() {
    let (folder, db) = start().await;
    for polls in 0..12 {
        let _ = cut(write_pair(&db, "cut", End::Commit), polls).await;
    }
    write_pair(&db, "dropped", End::Drop).await.unwrap();
    // As another process does, `minato token-certificate` for one.
    let other = open(folder.path()).await;
    write_pair(&other, "other", End::Commit).await.unwrap();
    assert_eq!(pair(&db, "other").await, (true, true));
}

#[tokio::test]
async fn waiting_transactions_share_a_commit() {
    let (folder, db) = start().await;
    let before = commits(folder.path());
    // While this one is open, all others come to wait behind it.
    let first = db.begin().await.unwrap();
    let tasks: Vec<_> = (0..100)
        .map(|number| {
            let db = db.clone();
            tokio::spawn(async move { write_pair(&db, &number.to_string(), End::Commit).await })
        })
        .collect();
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    drop(first);
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    for number in 0..100 {
        assert_eq!(pair(&db, &number.to_string()).await, (true, true));
    }
    let made = commits(folder.path()) - before;
    println!("writer: 100 transactions in {made} commits");
    assert!((1..=3).contains(&made), "{made} commits");
}

/// How many commits are in the write-ahead log: frames that tell the size of the database
/// (<https://sqlite.org/fileformat2.html#the_write_ahead_log>).
fn commits(folder: &Path) -> usize {
    let log = std::fs::read(folder.join("minato.db-wal")).unwrap();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let page = usize::try_from(number(8)).unwrap();
    let salts = (number(16), number(20));
    let frames = (32..log.len()).step_by(24 + page);
    frames.filter(|&at| (number(at + 8), number(at + 12)) == salts && number(at + 4) != 0).count()
}
