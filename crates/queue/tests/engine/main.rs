//! The engine with work that only exists here, on `SQLite` and, when a server was given, on
//! `PostgreSQL`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may give up, and tells figures"
)]

mod bench;

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use minato_db::schedule::{self, NewSchedule};
use minato_db::task::{self, NewTask, Round, Task, Which};
use minato_db::{Wake, Window, execution, worker};
use minato_queue::{Options, SCHEDULER, Worker};
use minato_types::clock::{Clock as _, Timestamp};
use minato_types::job::Status;
use minato_types::query::Query;
use serde_json::json;

use bench::{benches, doing, task};

#[tokio::test]
async fn a_task_runs_and_tells_what_came_of_it() {
    for t in benches().await {
        let worker = t.worker();
        let id = t.enqueue(&[task("one"), task("two")]).await;
        assert_eq!(t.ended(id).await, Status::Success);
        let tasks = t.tasks(id).await;
        assert_eq!(tasks.len(), 2);
        for task in &tasks {
            assert_eq!(
                (task.status, task.attempts, task.attributes.as_str()),
                (Status::Success, 1, r#"{"found":42}"#)
            );
            assert!(task.started_at.is_some() && task.ended_at.is_some() && task.worker.is_none());
            assert!(t.log(task).await.ends_with("[INFO] run 1\n"), "{}", t.log(task).await);
        }
        worker.stop().await;
    }
}

#[tokio::test]
async fn one_that_asks_for_it_is_tried_again_later() {
    for t in benches().await {
        let worker = t.worker();
        let again = t.enqueue(&[doing("again", "retry once")]).await;
        t.until(async || t.tasks(again).await[0].status == Status::Scheduled).await;
        assert_eq!(t.tasks(again).await[0].message, "not yet");
        assert_eq!(t.execution(again).await.status, Status::Running);
        t.clock.advance(Duration::from_secs(61));
        assert_eq!(t.ended(again).await, Status::Success);
        assert_eq!(t.work.ran("again"), 2);

        let never = t.enqueue(&[doing("never", "retry")]).await;
        for tries in 1..3 {
            t.until(async || {
                t.tasks(never).await[0].status == Status::Scheduled && t.work.ran("never") == tries
            })
            .await;
            t.clock.advance(Duration::from_hours(1));
        }
        assert_eq!(t.ended(never).await, Status::Error);
        assert_eq!(t.work.ran("never"), 3);
        assert_eq!(t.execution(never).await.message, "not yet");

        for what in ["fail", "panic"] {
            let failed = t.enqueue(&[doing(what, what), task("other")]).await;
            assert_eq!(t.ended(failed).await, Status::Error, "{what}");
            assert_eq!(t.work.ran(what), 1);
            assert!(t.log(&t.tasks(failed).await[0]).await.contains("[ERROR]"));
        }
        worker.stop().await;
    }
}

/// `PostgreSQL` keeps no NUL; what can't be written must not keep anything else from being written.
#[tokio::test]
async fn what_a_task_tells_stops_nobody() {
    for t in benches().await {
        let worker = t.worker();
        let id = t.enqueue(&[doing("nul", "say nul"), task("beside")]).await;
        assert_eq!(t.ended(id).await, Status::Error);
        let tasks = t.tasks(id).await;
        assert_eq!((tasks[0].message.as_str(), tasks[0].attributes.as_str()), ("not", r#"{"told":"ab"}"#));
        assert!(t.log(&tasks[0]).await.contains("[INFO] ab\n"));
        assert_eq!(tasks[1].status, Status::Success);
        worker.stop().await;
    }
}

#[tokio::test]
async fn what_was_stopped_never_comes_back() {
    for t in benches().await {
        let waiting = t
            .enqueue(&[
                task("waiting"),
                NewTask { due_at: t.clock.now().plus(Duration::from_secs(5)), ..task("delayed") },
            ])
            .await;
        assert_eq!(t.stop(Which::Of(waiting)).await, 2);
        assert_eq!(t.ended(waiting).await, Status::Stopped);
        assert_eq!(t.stop(Which::Of(waiting)).await, 0);

        let worker = t.worker_with(Options {
            idle: Duration::from_millis(100),
            grace: Duration::from_millis(200),
            ..Options::default()
        });
        let running = t.enqueue(&[doing("polite", "wait"), doing("deaf", "hang")]).await;
        t.until(async || t.work.ran("polite") + t.work.ran("deaf") == 2).await;
        t.stop(Which::Of(running)).await;
        assert_eq!(t.ended(running).await, Status::Stopped);
        t.clock.advance(Duration::from_hours(2));
        let after = t.enqueue(&[task("after")]).await;
        assert_eq!(t.ended(after).await, Status::Success);
        assert_eq!(t.work.names().len(), 3, "{:?}", t.work.names());
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_worker_that_ends_gives_back_what_it_has() {
    for t in benches().await {
        let worker = t.worker();
        let id = t.enqueue(&[doing("long", "wait")]).await;
        t.until(async || t.work.ran("long") == 1).await;
        worker.stop().await;
        let task = t.tasks(id).await.remove(0);
        assert_eq!((task.status, task.attempts), (Status::Pending, 0));
        let next = t.worker();
        t.until(async || t.work.ran("long") == 2).await;
        t.stop(Which::One(task.id)).await;
        assert_eq!(t.ended(id).await, Status::Stopped);
        next.stop().await;
    }
}

#[tokio::test]
async fn who_loses_workers_has_its_tries_nevertheless() {
    for t in benches().await {
        // Given: a task of three tries that lost as many workers.
        let id = t.enqueue(&[doing("unlucky", "hang thrice")]).await;
        for lost in 1..=3 {
            let worker = t.worker();
            t.until(async || t.work.ran("unlucky") == lost).await;
            drop(worker);
            t.clock.advance(Duration::from_secs(31));
        }
        // When
        let worker = t.worker();
        for tries in 1..=3 {
            t.until(async || t.work.ran("unlucky") == 3 + tries).await;
            // Then
            if tries < 3 {
                t.until(async || t.tasks(id).await[0].status == Status::Scheduled).await;
                t.clock.advance(Duration::from_mins(3));
            }
        }
        assert_eq!(t.ended(id).await, Status::Error);
        assert_eq!(t.work.ran("unlucky"), 6);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_worker_that_has_ended_is_not_listed() {
    for t in benches().await {
        let listed = async || {
            let mut conn = t.db.read().await.unwrap();
            worker::list(&mut conn, Timestamp::from_micros(0)).await.unwrap().len()
        };
        // Given: one that is about to tell that it lives. Often, as this is about what comes first.
        for _ in 0..20 {
            let worker = t.worker();
            t.until(async || listed().await == 1).await;
            let mut tx = t.db.begin().await.unwrap();
            tx.wake(Wake::Stops).await.unwrap();
            tx.commit().await.unwrap();
            // When
            worker.stop().await;
            // Then
            assert_eq!(listed().await, 0);
        }
    }
}

#[tokio::test]
async fn a_paused_kind_waits() {
    for t in benches().await {
        let worker = t.worker();
        let first = t.enqueue(&[task("first")]).await;
        t.ended(first).await;
        t.pause("QUICK", true).await;
        let waits = t.enqueue(&[task("waits")]).await;
        let other = t.enqueue(&[NewTask { kind: "SINGLE", ..task("other") }]).await;
        assert_eq!(t.ended(other).await, Status::Success);
        assert_eq!(t.tasks(waits).await[0].status, Status::Pending);
        let mut conn = t.db.read().await.unwrap();
        let queues = task::list_queues(&mut conn).await.unwrap();
        drop(conn);
        let quick = queues.iter().find(|queue| queue.kind == "QUICK").unwrap();
        assert_eq!((quick.waiting, quick.paused), (1, true));
        t.pause("QUICK", false).await;
        assert_eq!(t.ended(waits).await, Status::Success);

        t.pause("QUICK", true).await;
        let many: Vec<_> = (0..2500).map(|_| task("none")).collect();
        let emptied = t.enqueue(&many).await;
        assert_eq!(t.stop(Which::Waiting("QUICK")).await, 2500);
        assert_eq!(t.ended(emptied).await, Status::Stopped);
        worker.stop().await;
    }
}

#[tokio::test]
async fn of_unique_tasks_one_is_unfinished() {
    for t in benches().await {
        let unique = || NewTask { uniqueness: Some("gc".to_owned()), ..task("unique") };
        let (first, queued) = t.enqueue_for("TEST", 1, &[unique()]).await;
        assert_eq!(queued, 1);
        let (second, queued) = t.enqueue_for("TEST", 1, &[unique(), task("beside")]).await;
        assert_eq!(queued, 1);
        let (third, queued) = t.enqueue_for("TEST", 1, &[unique()]).await;
        assert_eq!(queued, 0);
        assert_eq!(t.ended(third).await, Status::Success, "there was nothing to do");
        let worker = t.worker();
        t.ended(first).await;
        t.ended(second).await;
        assert_eq!(t.work.ran("unique"), 1);
        let again = t.enqueue(&[unique()]).await;
        t.ended(again).await;
        assert_eq!(t.work.ran("unique"), 2);
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_sequence_goes_on_in_order() {
    for t in benches().await {
        let one = |name: &str, what: &str| NewTask { sequence: Some("same".to_owned()), ..doing(name, what) };
        let id = t.enqueue(&[one("a", "retry once"), one("b", ""), one("c", "fail"), one("d", "")]).await;
        let (one_worker, another) = (t.worker(), t.worker());
        t.until(async || t.tasks(id).await[0].status == Status::Scheduled).await;
        let beside = t.enqueue(&[task("beside")]).await;
        t.ended(beside).await;
        assert_eq!(t.work.names(), ["a", "beside"]);
        t.clock.advance(Duration::from_mins(2));
        assert_eq!(t.ended(id).await, Status::Error);
        assert_eq!(t.work.names(), ["a", "beside", "a", "b", "c", "d"]);
        one_worker.stop().await;
        another.stop().await;
    }
}

#[tokio::test]
async fn a_long_sequence_hides_nobody() {
    for t in benches().await {
        let one = |name: &str, what: &str| NewTask { sequence: Some("same".to_owned()), ..doing(name, what) };
        let worker = t.worker();
        let head = t.enqueue(&[one("head", "wait")]).await;
        let long = t.enqueue(&(0..1200).map(|_| one("long", "")).collect::<Vec<_>>()).await;
        let end = t.enqueue(&[one("c", ""), one("d", "")]).await;
        let beside = t.enqueue(&[task("beside")]).await;
        assert_eq!(t.ended(beside).await, Status::Success);
        // None of those that wait for another is looked at any more.
        t.until(async || {
            let mut conn = t.db.read().await.unwrap();
            let all = Round { kind: "QUICK", after: -1, at_once_per_share: i64::MAX, limit: 10 };
            task::list_shares(&mut conn, &all).await.unwrap().is_empty()
        })
        .await;
        assert_eq!(t.work.ran("long"), 0);

        t.stop(Which::Of(head)).await;
        t.until(async || t.work.ran("long") > 2).await;
        t.stop(Which::Of(long)).await;
        assert_eq!(t.ended(end).await, Status::Success);
        let names = t.work.names();
        assert_eq!(names[names.len() - 2..], ["c", "d"]);
        worker.stop().await;
    }
}

/// As by an older version beside this one, which does not know that it has to bring back the next.
#[tokio::test]
async fn what_was_parked_and_forgotten_is_found() {
    for t in benches().await {
        let one = |name: &str| NewTask { sequence: Some("same".to_owned()), ..task(name) };
        let first = t.enqueue_for("GONE", 1, &[one("first")]).await.0;
        let next = t.enqueue(&[one("next")]).await;
        let mut tx = t.db.begin().await.unwrap();
        task::list_kinds(&mut tx, &["QUICK"]).await.unwrap();
        assert_eq!(task::park(&mut tx, "QUICK", 0).await.unwrap(), 1);
        // It goes without a word to those behind it.
        execution::delete_all(&mut tx, "GONE", 1).await.unwrap();
        tx.commit().await.unwrap();
        assert!(t.tasks(first).await.is_empty());
        let worker = t.worker();
        assert_eq!(t.ended(next).await, Status::Success);
        worker.stop().await;
    }
}

#[tokio::test]
async fn nobody_waits_behind_a_long_queue_of_another() {
    for t in benches().await {
        let of = |share: i64, name: &str| NewTask {
            share,
            parameters: json!({"name": name, "ms": 20}).to_string(),
            ..task(name)
        };
        let many: Vec<_> = (0..200).map(|_| of(1, "many")).collect();
        let busy = t.enqueue(&many).await;
        let few = t.enqueue(&[of(2, "few"), of(3, "few")]).await;
        let worker = t.worker();
        t.ended(few).await;
        let before = t.work.ran("many");
        assert!(before < 50, "{before} of the long queue came first");
        t.stop(Which::Of(busy)).await;

        // No kind takes all slots, and the caps hold over all workers.
        let slow = |share: i64| NewTask { kind: "SLOW", share, ..doing("slow", "wait") };
        let slows: Vec<_> = (0..40).map(|n| slow(n % 20)).collect();
        let waits = t.enqueue(&slows).await;
        let capped = t.enqueue(&[slow(50), slow(50), slow(50)]).await;
        let quick = t.enqueue(&[task("quick")]).await;
        assert_eq!(t.ended(quick).await, Status::Success);
        let running = |tasks: Vec<Task>| tasks.iter().filter(|task| task.status == Status::Running).count();
        assert!(running(t.tasks(waits).await) <= 8);
        assert!(running(t.tasks(capped).await) <= 1);
        t.stop(Which::Of(waits)).await;
        t.stop(Which::Of(capped)).await;
        t.ended(waits).await;
        t.ended(capped).await;

        t.work.most_at_once.store(0, Ordering::SeqCst);
        let single: Vec<_> = (0..20).map(|_| NewTask { kind: "SINGLE", ..of(0, "single") }).collect();
        let other = t.worker();
        let id = t.enqueue(&single).await;
        t.ended(id).await;
        assert_eq!(t.work.most_at_once.load(Ordering::SeqCst), 1);
        worker.stop().await;
        other.stop().await;
    }
}

#[tokio::test]
async fn a_schedule_fires_once_however_many_look() {
    for t in benches().await {
        let workers = [t.worker(), t.worker(), t.worker()];
        let now = t.clock.now();
        let mut tx = t.db.begin().await.unwrap();
        let new = NewSchedule {
            vendor_type: "TEST",
            vendor_id: 7,
            cron_type: "Hourly",
            cron: "0 0 * * * *",
            parameters: r#"{"name":"scheduled"}"#,
            next_at: now.plus(Duration::from_hours(1)),
        };
        schedule::insert(&mut tx, &new, now).await.unwrap();
        tx.wake(Wake::Tasks).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(t.work.fired.load(Ordering::SeqCst), 0);
        // Ten hours without anybody: it fires once for all of them.
        t.clock.advance(Duration::from_hours(10));
        t.until(async || t.work.ran("scheduled") == 1).await;
        // Nobody holds it any more, so that no lease is over when time goes on.
        t.until(async || t.left().await == 0).await;
        let mut conn = t.db.read().await.unwrap();
        let stored = schedule::get(&mut conn, "TEST", 7).await.unwrap().unwrap();
        drop(conn);
        assert!(stored.next_at > t.clock.now() && stored.next_at.as_secs() % 3600 == 0);

        t.pause(SCHEDULER, true).await;
        t.clock.advance(Duration::from_hours(1));
        let other = t.enqueue(&[task("other")]).await;
        t.ended(other).await;
        assert_eq!(t.work.fired.load(Ordering::SeqCst), 1);
        t.pause(SCHEDULER, false).await;
        t.until(async || t.work.ran("scheduled") == 2).await;
        for worker in workers {
            worker.stop().await;
        }
        assert_eq!(t.work.fired.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn history_stays_short() {
    for t in benches().await {
        let worker = t.worker();
        for round in 0..6 {
            for vendor in [1, 2] {
                let (id, _) = t.enqueue_for("FEW", vendor, &[task(&format!("{round}"))]).await;
                t.until(async || {
                    let mut conn = t.db.read().await.unwrap();
                    let found = execution::get(&mut conn, &["FEW"], id).await.unwrap();
                    found.is_none_or(|execution| execution.status.is_final())
                })
                .await;
            }
        }
        worker.stop().await;
        let mut conn = t.db.read().await.unwrap();
        let window = Window { limit: 100, offset: 0 };
        for vendor in [1, 2] {
            let (kept, total) =
                execution::list(&mut conn, &["FEW"], Some(&[vendor]), &Query::default(), window)
                    .await
                    .unwrap();
            assert_eq!((kept.len(), total), (3, 3));
            assert!(kept[0].id > kept[1].id);
        }
    }
}

/// Workers die at any moment, as in `kill -9`: each task still ends once, and none runs while
/// another worker holds it.
#[tokio::test]
async fn workers_die_and_nothing_is_lost() {
    const TASKS: usize = 400;
    for t in benches().await {
        let options = Options {
            slots: 8,
            // Long beside what a busy machine makes a worker wait.
            lease: Duration::from_secs(2),
            idle: Duration::from_millis(50),
            grace: Duration::from_millis(100),
        };
        let tasks: Vec<_> = (0..TASKS)
            .map(|n| NewTask {
                share: i64::try_from(n % 7).unwrap(),
                sequence: (n % 5 == 0).then(|| (n % 7).to_string()),
                parameters: json!({"name": n.to_string(), "ms": n % 40}).to_string(),
                ..task("")
            })
            .collect();
        let id = t.enqueue(&tasks).await;
        let mut workers: Vec<Worker> = (0..3).map(|_| t.worker_with(options)).collect();
        let (mut deaths, mut left) = (0, i64::MAX);
        while t.execution(id).await.status == Status::Running {
            tokio::time::sleep(Duration::from_millis(70)).await;
            // However slow the disk is, something is done between two deaths.
            left = t.fewer(left).await;
            // Dropped, so cut off wherever it is.
            drop(workers.remove(deaths % workers.len()));
            workers.push(t.worker_with(options));
            deaths += 1;
            assert!(deaths < 1000, "it never came to an end");
        }
        assert_eq!(t.execution(id).await.status, Status::Success);
        let ended = t.tasks(id).await;
        assert_eq!(ended.iter().filter(|task| task.status == Status::Success).count(), TASKS);
        let mut runs: HashMap<String, Vec<(Instant, Option<Instant>)>> = HashMap::new();
        for (name, began, ended) in t.work.runs.lock().unwrap().iter() {
            runs.entry(name.clone()).or_default().push((*began, *ended));
        }
        assert_eq!(runs.len(), TASKS);
        for (name, runs) in &runs {
            for pair in runs.windows(2) {
                if let (before, Some(end)) = (pair[0].0, pair[0].1) {
                    assert!(pair[1].0 >= end, "{name} ran twice at once");
                    assert!(
                        pair[1].0 - before >= Duration::from_secs(1),
                        "{name} was taken within its lease"
                    );
                }
            }
        }
        for later in (35..TASKS).filter(|n| n % 5 == 0) {
            // The one before in the same sequence.
            let (before, later) = (&runs[&(later - 35).to_string()], &runs[&later.to_string()]);
            assert!(before.last().unwrap().1.unwrap() <= later[0].0, "a sequence lost its order");
        }
        let again = runs.values().filter(|runs| runs.len() > 1).count();
        println!("{deaths} workers died, {again} of {TASKS} tasks ran again");
        for worker in workers {
            worker.stop().await;
        }
    }
}

/// How many that do nothing workers get through; printed, as time decides no test.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_tasks() {
    const TASKS: usize = if cfg!(debug_assertions) { 3_000 } else { 100_000 };
    for (workers, slots) in [(1, Options::default().slots), (1, 40), (2, Options::default().slots)] {
        for t in benches().await {
            let quiet = || NewTask { parameters: r#"{"quiet":true}"#.to_owned(), ..task("") };
            let mut ids = Vec::new();
            let queueing = Instant::now();
            for _ in 0..TASKS / 1000 {
                let tasks: Vec<_> = (0..1000).map(|n| NewTask { share: n % 10, ..quiet() }).collect();
                ids.push(t.enqueue(&tasks).await);
            }
            let queueing = queueing.elapsed();
            let working = Instant::now();
            let options = Options { slots, idle: Duration::from_millis(100), ..Options::default() };
            let staff: Vec<Worker> = (0..workers).map(|_| t.worker_with(options)).collect();
            for id in ids {
                assert_eq!(t.ended(id).await, Status::Success);
            }
            let working = working.elapsed();
            for worker in staff {
                worker.stop().await;
            }
            let rate = |took: Duration| {
                #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
                let rate = TASKS as f64 / took.as_secs_f64();
                rate
            };
            let (queued, done) = (rate(queueing), rate(working));
            println!(
                "{TASKS} tasks, {workers} × {slots} at once: queued {queued:.0} per s, done {done:.0} per s"
            );
            let mut conn = t.db.read().await.unwrap();
            let queues = task::list_queues(&mut conn).await.unwrap();
            assert!(queues.iter().all(|queue| queue.waiting == 0));
        }
    }
}
