//! The worker of a process: takes tasks, runs them, keeps their leases, fires schedules, and takes
//! over what other workers lost.
//!
//! One loop takes and gives back, a second one keeps leases, so that nothing that takes long in the
//! first costs a lease. Both end with the worker.

mod take;

use std::sync::Arc;
use std::time::{Duration, Instant};

use minato_db::execution::Ended;
use minato_db::schedule::Schedule;
use minato_db::{Db, Wake, schedule, task, worker};
use minato_types::clock::{Clock, Timestamp};
use minato_types::id::TaskId;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use take::Turns;

use crate::cron::Cron;
use crate::running::{Finished, Held, Running};
use crate::{JobError, Jobs, SCHEDULER, trim};

type Result<T> = std::result::Result<T, minato_db::Error>;

/// How often a task may lose its worker before it is given up: it may be what kills them.
const MOST_LOSSES: i64 = 10;

/// How soon it looks again, at the soonest, after what nobody calls for.
const LOOK: Duration = Duration::from_millis(100);

/// How often it looks for tasks that were forgotten.
const SEARCH: Duration = Duration::from_mins(1);

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many tasks it runs at once.
    pub slots: usize,
    /// How long a task is its own without a sign of life.
    pub lease: Duration,
    /// How long it sleeps at most without looking for work.
    pub idle: Duration,
    /// How long a task has to stop that was asked to.
    pub grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            slots: 10,
            lease: Duration::from_secs(30),
            idle: Duration::from_secs(10),
            grace: Duration::from_secs(5),
        }
    }
}

/// The worker of this process.
pub struct Worker {
    shared: Arc<Shared>,
    stop: CancellationToken,
    loops: JoinSet<()>,
}

/// What the loops share.
struct Shared {
    db: Db,
    clock: Arc<dyn Clock>,
    jobs: Arc<dyn Jobs>,
    options: Options,
    about: worker::Worker,
    held: Arc<Held>,
    /// A stop was told of before the task that it may mean had begun here.
    missed: Notify,
}

impl Worker {
    /// Starts working.
    pub fn start(db: Db, clock: Arc<dyn Clock>, jobs: Arc<dyn Jobs>, options: Options) -> Self {
        let now = clock.now();
        let about = worker::Worker {
            id: uuid::Uuid::new_v4().simple().to_string(),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            pid: i64::from(std::process::id()),
            slots: i64::try_from(options.slots).unwrap_or(i64::MAX),
            started_at: now,
            seen_at: now,
        };
        let held = Arc::default();
        let shared = Arc::new(Shared { db, clock, jobs, options, about, held, missed: Notify::new() });
        let stop = CancellationToken::new();
        let mut loops = JoinSet::new();
        loops.spawn(Arc::clone(&shared).work(stop.clone()));
        loops.spawn(Arc::clone(&shared).keep_leases(stop.clone()));
        loops.spawn(Arc::clone(&shared).listen(stop.clone()));
        Self { shared, stop, loops }
    }

    /// What others know of it.
    pub fn about(&self) -> &worker::Worker {
        &self.shared.about
    }

    /// Gives back what runs, so that others take it at once, and ends.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.loops.join_next().await.is_some() {}
        // After the loop that tells that it lives, which would put it back.
        if let Err(error) = self.shared.leave().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a worker that ended is listed for a while"
            );
        }
    }
}

/// What the working loop remembers.
struct Desk {
    running: Running,
    /// Ended, and not written down yet.
    finished: Vec<Finished>,
    /// Whether those could not be written down.
    stuck: bool,
    turns: Turns,
    /// When it looked last after what nobody calls for.
    looked_at: Option<Instant>,
    /// When it looked last for tasks that were forgotten.
    searched_at: Option<Instant>,
}

impl Shared {
    async fn work(self: Arc<Self>, stop: CancellationToken) {
        let mut wakes = self.db.wakes().tasks;
        let mut desk = Desk {
            running: Running::new(Arc::clone(&self.held)),
            finished: Vec::new(),
            stuck: false,
            turns: Turns::new(),
            looked_at: None,
            searched_at: None,
        };
        let mut known = false;
        loop {
            let sleep = match self.turn(&mut desk, &mut known).await {
                Ok(sleep) => sleep,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the queue can't be worked on");
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                // What has ended first: each turn costs as much for one as for many.
                biased;
                () = stop.cancelled() => break,
                finished = desk.running.next(self.jobs.kinds(), || self.clock.now()) => {
                    desk.finished.extend(finished);
                    // Those that end at the same time are given back together.
                    tokio::task::yield_now().await;
                    desk.finished.extend(desk.running.ended(self.jobs.kinds(), || self.clock.now()));
                }
                _ = wakes.changed() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
        self.end(&mut desk).await;
    }

    /// Looks after what is due, gives back, takes; how long there is nothing to do after that.
    async fn turn(&self, desk: &mut Desk, known: &mut bool) -> Result<Duration> {
        if !*known {
            self.introduce().await?;
            *known = true;
        }
        let until = self.look(desk).await;
        let more = self.exchange(desk).await?;
        // What can't be looked after keeps nobody from working.
        let until = until?;
        Ok(if more { Duration::ZERO } else { until })
    }

    /// Looks after what nobody calls for, unless it just did; how long there is nothing to do after that.
    async fn look(&self, desk: &mut Desk) -> Result<Duration> {
        if desk.looked_at.is_some_and(|at| at.elapsed() < LOOK) {
            return Ok(LOOK);
        }
        desk.looked_at = Some(Instant::now());
        if desk.searched_at.is_none_or(|at| at.elapsed() >= SEARCH) {
            self.search().await?;
            desk.searched_at = Some(Instant::now());
        }
        let until = self.next_moment().await?;
        if !until.is_zero() {
            return Ok(until.max(LOOK));
        }
        self.look_after().await?;
        let until = self.next_moment().await?;
        // What is still due could not be done now.
        Ok(if until.is_zero() { Duration::from_secs(1).min(self.options.idle) } else { until.max(LOOK) })
    }

    /// How long nothing is due, as far as it looks ahead.
    async fn next_moment(&self) -> Result<Duration> {
        let mut conn = self.db.read().await?;
        let next = task::next_moment(&mut conn, &self.about.id, &self.ids(), SCHEDULER).await?;
        let until = next.map_or(self.options.idle, |next| next.since(self.clock.now()));
        Ok(until.min(self.options.idle))
    }

    /// Gives back and takes, both at once, as both mostly wait for the database. Whether there may be
    /// more to take at once.
    async fn exchange(&self, desk: &mut Desk) -> Result<bool> {
        let Desk { running, finished, turns, .. } = desk;
        let gives = !finished.is_empty();
        // Who can't write down what came of tasks takes no others.
        let free = if desk.stuck { 0 } else { self.options.slots.saturating_sub(running.len()) };
        let (given, taken) = tokio::join!(self.give_back(finished), self.take(running, turns, free));
        desk.stuck = given.is_err();
        given?;
        // Others may have waited for those that were given back meanwhile.
        Ok(taken? || gives && desk.running.len() < self.options.slots)
    }

    async fn introduce(&self) -> Result<()> {
        let mut names: Vec<&str> = self.jobs.kinds().iter().map(|kind| kind.name).collect();
        names.push(SCHEDULER);
        names.sort_unstable();
        let mut tx = self.db.begin().await?;
        task::ensure_queues(&mut tx, &names).await?;
        worker::put(&mut tx, &self.about).await?;
        tx.commit().await
    }

    /// Writes down what came of the tasks that have ended.
    async fn give_back(&self, finished: &mut Vec<Finished>) -> Result<()> {
        if finished.is_empty() {
            return Ok(());
        }
        let ended = match self.write(finished, true).await {
            Err(error) if !matches!(error, minato_db::Error::Unavailable(_)) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "outcomes can't be written together"
                );
                self.write_apart(finished).await?
            }
            outcome => outcome?,
        };
        self.held.release(finished);
        finished.clear();
        self.shorten(&ended).await;
        Ok(())
    }

    async fn write(&self, finished: &[Finished], with_logs: bool) -> Result<Vec<Ended>> {
        let mut tx = self.db.begin().await?;
        let outcomes: Vec<_> = finished.iter().map(|finished| finished.outcome.clone()).collect();
        // First, as it takes the locks in their order.
        let ended = task::finish(&mut tx, &self.about.id, &outcomes, self.clock.now()).await?;
        let logs = finished.iter().filter(|finished| with_logs && !finished.log.is_empty());
        let logs: Vec<_> = logs.map(|finished| (finished.outcome.task.id, finished.log.as_str())).collect();
        task::append_logs(&mut tx, &logs).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Each by itself, and without its log where that is what can't be written: one must not keep all
    /// others from being given back.
    async fn write_apart(&self, finished: &[Finished]) -> Result<Vec<Ended>> {
        let mut ended = Vec::new();
        for one in finished {
            let one = std::slice::from_ref(one);
            match self.write(one, true).await {
                Ok(more) => ended.extend(more),
                Err(error @ minato_db::Error::Unavailable(_)) => return Err(error),
                Err(_) => ended.extend(self.write(one, false).await?),
            }
        }
        Ok(ended)
    }

    /// Shortens the history of what has ended. What fails here is left to the next that ends.
    async fn shorten(&self, ended: &[Ended]) {
        let shortened = async {
            let mut tx = self.db.begin().await?;
            trim(&mut tx, |vendor_type| self.jobs.keep(vendor_type), ended).await?;
            tx.commit().await
        };
        if !ended.is_empty()
            && let Err(error) = shortened.await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "history can't be shortened now");
        }
    }

    /// The tasks that this process has.
    fn ids(&self) -> Vec<TaskId> {
        self.held.snapshot().into_iter().map(|(id, _)| id).collect()
    }

    /// What nobody calls for: delays that are over, leases that have ended, schedules.
    async fn look_after(&self) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        task::promote(&mut tx, now).await?;
        tx.commit().await?;
        let mut tx = self.db.begin().await?;
        let (lost, ended) = task::reap(&mut tx, &self.about.id, &self.ids(), MOST_LOSSES, now).await?;
        tx.commit().await?;
        self.shorten(&ended).await;
        if lost > 0 {
            tracing::warn!(count = lost, "took tasks over from a worker that is gone");
        }
        let mut conn = self.db.read().await?;
        let due = schedule::list_due(&mut conn, now, SCHEDULER).await?;
        drop(conn);
        for schedule in due {
            self.fire(&schedule, now).await?;
        }
        Ok(())
    }

    /// Brings back what is parked and waits for no other: an older Minato beside this one does not know
    /// that it has to, and who drops a whole sequence may miss what was just added to it.
    async fn search(&self) -> Result<()> {
        let kinds: Vec<&str> = self.jobs.kinds().iter().map(|kind| kind.name).collect();
        let mut conn = self.db.read().await?;
        let forgotten = task::list_forgotten(&mut conn, &kinds).await?;
        drop(conn);
        if forgotten.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        task::unpark(&mut tx, &forgotten).await?;
        tx.commit().await
    }

    /// Fires a schedule, however often its time has come since it fired last.
    async fn fire(&self, schedule: &Schedule, now: Timestamp) -> Result<()> {
        let next = schedule.cron.parse::<Cron>().ok().and_then(|cron| cron.next_after(now));
        let next = next.unwrap_or(Timestamp::from_micros(i64::MAX));
        let mut tx = self.db.begin().await?;
        if !schedule::advance(&mut tx, schedule, next).await? {
            return Ok(());
        }
        let (id, kind, vendor) = (schedule.id.0, &schedule.vendor_type, schedule.vendor_id);
        match self.jobs.fire(&mut tx, schedule).await {
            Ok(()) => {
                tx.wake(Wake::Tasks).await?;
                tx.commit().await?;
                tracing::info!(schedule = id, kind, vendor, "a schedule fired");
            }
            // It stays due.
            Err(JobError::Retry(why)) => {
                tracing::warn!(schedule = id, kind, vendor, why, "a schedule can't fire now");
            }
            // Not again and again: at its next time.
            Err(error) => {
                drop(tx);
                tracing::error!(schedule = id, kind, vendor, %error, "a schedule can't fire");
                let mut tx = self.db.begin().await?;
                schedule::advance(&mut tx, schedule, next).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Gives back what still runs.
    async fn end(&self, desk: &mut Desk) {
        self.held.stop_all();
        let all_stopped = async {
            while desk.running.len() > 0 {
                let finished = desk.running.next(self.jobs.kinds(), || self.clock.now()).await;
                desk.finished.extend(finished);
            }
        };
        // Each has its grace and is cut then; this only bounds what would not even be cut.
        let _ = tokio::time::timeout(self.options.grace * 2, all_stopped).await;
        if let Err(error) = self.give_back(&mut desk.finished).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "tasks were left to their leases");
        }
    }

    async fn leave(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        worker::delete(&mut tx, &self.about.id).await?;
        // What was given back is for others.
        tx.wake(Wake::Tasks).await?;
        tx.commit().await
    }

    /// Keeps the leases of what runs, and hears what is to stop.
    async fn keep_leases(self: Arc<Self>, stop: CancellationToken) {
        let mut stops = self.db.wakes().stops;
        let mut kept_at = Instant::now();
        loop {
            tokio::select! {
                // The last outcomes are written down within the lease.
                () = stop.cancelled() => return,
                _ = stops.changed() => {}
                () = self.missed.notified() => {}
                () = tokio::time::sleep(self.options.lease / 3) => {}
            }
            // A database that falls silent must not keep this loop from giving up in time.
            let kept = tokio::time::timeout(self.options.lease / 3, self.keep()).await;
            if matches!(kept, Ok(Ok(()))) {
                kept_at = Instant::now();
                continue;
            }
            tracing::warn!("can't keep the leases of tasks");
            // Before others may take them.
            if kept_at.elapsed() >= self.options.lease * 2 / 3 {
                self.held.abort_all();
            }
        }
    }

    async fn keep(&self) -> Result<()> {
        /// How long a silent worker is remembered.
        const SILENT: Duration = Duration::from_hours(1);
        let now = self.clock.now();
        let held = self.held.snapshot();
        let ids: Vec<TaskId> = held.iter().map(|(id, _)| *id).collect();
        let mut tx = self.db.begin().await?;
        let kept = task::heartbeat(&mut tx, &self.about.id, &ids, now.plus(self.options.lease)).await?;
        worker::put(&mut tx, &worker::Worker { seen_at: now, ..self.about.clone() }).await?;
        worker::delete_silent(&mut tx, now.minus(SILENT)).await?;
        tx.commit_soon().await?;
        for (id, run) in held {
            match kept.iter().find(|(kept, _)| *kept == id) {
                None => self.held.abort(id, run),
                Some((_, true)) => self.held.stop(id),
                Some((_, false)) => {}
            }
        }
        Ok(())
    }

    async fn listen(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                outcome = self.db.listen() => {
                    if let Err(error) = outcome {
                        tracing::warn!(error = &error as &dyn std::error::Error, "can't hear other replicas");
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(2)) => {}
            }
        }
    }
}
