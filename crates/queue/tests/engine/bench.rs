//! What the tests stand on: a database with its time, and work that does what it is told.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use minato_db::execution::{self, Execution, NewExecution};
use minato_db::schedule::Schedule;
use minato_db::task::{self, Claimed, NewTask, Task, Which};
use minato_db::{Db, Options as DbOptions, Tx, Wake, Window};
use minato_queue::{Cx, JobError, Jobs, Kind, Options, Worker};
use minato_types::clock::{Clock, MovableClock};
use minato_types::id::ExecutionId;
use minato_types::job::{Status, Trigger};
use minato_types::query::Query;
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const KIND: Kind = Kind {
    name: "QUICK",
    priority: 1000,
    at_once: None,
    at_once_per_share: None,
    max_attempts: 3,
    backoff: Duration::from_mins(1),
};
const KINDS: &[Kind] = &[
    KIND,
    Kind { name: "SINGLE", at_once: Some(1), ..KIND },
    Kind { name: "SLOW", at_once_per_share: Some(1), priority: 1, ..KIND },
];

/// Does what the parameters say, and remembers it.
#[derive(Default)]
pub(crate) struct Work {
    /// Each run: the task's name, when it began, when it ended (not, if it was cut).
    pub(crate) runs: Mutex<Vec<(String, Instant, Option<Instant>)>>,
    pub(crate) at_once: AtomicUsize,
    pub(crate) most_at_once: AtomicUsize,
    pub(crate) fired: AtomicUsize,
}

impl Work {
    pub(crate) fn names(&self) -> Vec<String> {
        self.runs.lock().unwrap().iter().map(|(name, ..)| name.clone()).collect()
    }

    pub(crate) fn ran(&self, name: &str) -> usize {
        self.names().iter().filter(|run| *run == name).count()
    }
}

pub(crate) fn keep(vendor_type: &str) -> i64 {
    if vendor_type == "FEW" { 3 } else { 1_000_000 }
}

#[async_trait]
impl Jobs for Work {
    fn kinds(&self) -> &'static [Kind] {
        KINDS
    }

    fn keep(&self, vendor_type: &str) -> i64 {
        keep(vendor_type)
    }

    async fn run(&self, task: &Claimed, cx: &Cx) -> Result<Map<String, Value>, JobError> {
        let wanted: Value = serde_json::from_str(&task.parameters).unwrap();
        if wanted["quiet"] == true {
            return Ok(Map::new());
        }
        let name = wanted["name"].as_str().unwrap().to_owned();
        let index = {
            let mut runs = self.runs.lock().unwrap();
            runs.push((name, Instant::now(), None));
            runs.len() - 1
        };
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        cx.info(format!("run {}", task.attempts));
        let outcome = match wanted["do"].as_str().unwrap_or("succeed") {
            "fail" => Err(JobError::Failed("it can't be done".to_owned())),
            "retry once" if task.attempts == 1 => Err(JobError::Retry("not yet".to_owned())),
            "panic" => panic!("on purpose"),
            "say nul" => {
                cx.info("a\0b");
                cx.set("told", "a\0b");
                Err(JobError::Failed("no\0t".to_owned()))
            }
            "wait" => {
                cx.stopped().await;
                cx.checkpoint().await.map(|()| Map::new())
            }
            "hang" => std::future::pending().await,
            "hang thrice" if task.attempts <= 3 => std::future::pending().await,
            "retry" | "hang thrice" => Err(JobError::Retry("not yet".to_owned())),
            _ => {
                tokio::time::sleep(Duration::from_millis(wanted["ms"].as_u64().unwrap_or(0))).await;
                Ok(Map::from_iter([("found".to_owned(), json!(42))]))
            }
        };
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        self.runs.lock().unwrap()[index].2 = Some(Instant::now());
        outcome
    }

    async fn fire(&self, tx: &mut Tx, schedule: &Schedule) -> Result<(), JobError> {
        self.fired.fetch_add(1, Ordering::SeqCst);
        let new = NewExecution {
            vendor_type: &schedule.vendor_type,
            vendor_id: schedule.vendor_id,
            trigger: Trigger::Schedule,
            attributes: "{}",
        };
        let task = NewTask { parameters: schedule.parameters.clone(), ..task("scheduled") };
        minato_queue::enqueue(tx, &new, &[task], schedule.next_at).await?;
        Ok(())
    }
}

/// One database with its workers.
pub(crate) struct Bench {
    pub(crate) db: Db,
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) work: Arc<Work>,
    _folder: tempfile::TempDir,
}

pub(crate) fn task(name: &str) -> NewTask {
    NewTask {
        kind: "QUICK",
        share: 0,
        sequence: None,
        uniqueness: None,
        parameters: json!({"name": name}).to_string(),
        attributes: "{}".to_owned(),
        due_at: minato_types::clock::Timestamp::from_micros(0),
    }
}

pub(crate) fn doing(name: &str, what: &str) -> NewTask {
    NewTask { parameters: json!({"name": name, "do": what}).to_string(), ..task(name) }
}

impl Bench {
    async fn on(db: &DbOptions, folder: tempfile::TempDir) -> Self {
        let db = Db::open(db).await.unwrap();
        Self { db, clock: Arc::default(), work: Arc::default(), _folder: folder }
    }

    pub(crate) fn worker(&self) -> Worker {
        self.worker_with(Options { idle: Duration::from_millis(100), ..Options::default() })
    }

    pub(crate) fn worker_with(&self, options: Options) -> Worker {
        let (clock, work) = (Arc::clone(&self.clock), Arc::clone(&self.work));
        Worker::start(self.db.clone(), clock, work, options)
    }

    pub(crate) async fn enqueue(&self, tasks: &[NewTask]) -> ExecutionId {
        self.enqueue_for("TEST", 1, tasks).await.0
    }

    pub(crate) async fn enqueue_for(
        &self,
        vendor_type: &str,
        vendor_id: i64,
        tasks: &[NewTask],
    ) -> (ExecutionId, u64) {
        let mut tx = self.db.begin().await.unwrap();
        let new = NewExecution { vendor_type, vendor_id, trigger: Trigger::Manual, attributes: "{}" };
        let queued = minato_queue::enqueue(&mut tx, &new, tasks, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        queued
    }

    pub(crate) async fn execution(&self, id: ExecutionId) -> Execution {
        let mut conn = self.db.read().await.unwrap();
        execution::get(&mut conn, &["TEST"], id).await.unwrap().unwrap()
    }

    pub(crate) async fn tasks(&self, id: ExecutionId) -> Vec<Task> {
        let mut conn = self.db.read().await.unwrap();
        let window = Window { limit: 100_000, offset: 0 };
        task::list(&mut conn, id, &Query::default(), window).await.unwrap().0
    }

    /// How many wait or run.
    pub(crate) async fn left(&self) -> i64 {
        let mut conn = self.db.read().await.unwrap();
        task::tally_open(&mut conn).await.unwrap().iter().map(|tally| tally.count).sum()
    }

    /// Waits for some time until fewer than that wait or run; how many do.
    pub(crate) async fn fewer(&self, before: i64) -> i64 {
        for _ in 0..100 {
            let left = self.left().await;
            if left < before {
                return left;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        before
    }

    pub(crate) async fn log(&self, task: &Task) -> String {
        let mut conn = self.db.read().await.unwrap();
        task::read_log(&mut conn, task.id, 1 << 20).await.unwrap()
    }

    pub(crate) async fn stop(&self, which: Which<'_>) -> usize {
        minato_queue::stop(&self.db, keep, which, self.clock.now()).await.unwrap()
    }

    pub(crate) async fn pause(&self, kind: &str, paused: bool) {
        let mut tx = self.db.begin().await.unwrap();
        assert!(task::pause(&mut tx, kind, paused).await.unwrap());
        tx.wake(Wake::Tasks).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn ended(&self, id: ExecutionId) -> Status {
        self.until(async || self.execution(id).await.status != Status::Running).await;
        self.execution(id).await.status
    }

    pub(crate) async fn until(&self, holds: impl AsyncFn() -> bool) {
        let began = Instant::now();
        while !holds().await {
            assert!(began.elapsed() < Duration::from_mins(1), "it never came to that");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A database of its own on the server that the tests were given, if any.
#[expect(clippy::disallowed_methods, reason = "how a test run names its servers")]
async fn postgres() -> Option<DbOptions> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let server = std::env::var("MINATO_TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())?;
    let name = format!("queue_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let mut conn = PgConnection::connect(&server).await.unwrap();
    for statement in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
    }
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(DbOptions::Postgres { url: format!("{base}/{name}"), max_connections: 12 })
}

pub(crate) async fn benches() -> Vec<Bench> {
    let folder = tempfile::tempdir().unwrap();
    let mut benches =
        vec![Bench::on(&DbOptions::Sqlite { path: folder.path().join("minato.db") }, folder).await];
    if let Some(options) = postgres().await {
        benches.push(Bench::on(&options, tempfile::tempdir().unwrap()).await);
    }
    benches
}
