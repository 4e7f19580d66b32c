//! The log: lines of all components, to standard output or to files, and on to a syslog server.
//!
//! What is told in the code becomes a line at once (`line`, where secrets are masked: `mask`), and
//! waits in a queue for each place it goes to (`queue`). A thread for each place writes. So a disk
//! that is full, a pipe that nobody reads or a server that is away never holds a request up: lines
//! are lost then, and how many is told in the log and as a metric.

mod component;
mod file;
mod level;
mod line;
mod local;
mod mask;
mod queue;
mod syslog;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use minato_core::metrics::LogLosses;
use minato_types::clock::Clock;
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::traces::Traces;

pub use component::Component;
pub use file::Rotation;
pub use level::Levels;
pub use syslog::{Endpoint, Transport};

use level::Verdict;
use line::{Line, Surroundings, surroundings};
use local::Local;
use queue::Queue;

/// How long the threads have for what waits when the process ends.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// One JSON object in each line.
    Json,
}

/// What is logged, how and where to.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which lines are written.
    pub levels: Levels,
    /// How they look.
    pub format: Format,
    /// The folder for files and when they are moved away; standard output without it.
    pub files: Option<(PathBuf, Rotation)>,
    /// Where lines are sent on to.
    pub endpoint: Option<Endpoint>,
}

/// The log while it is written. What waits is written when this is dropped.
pub struct Logs {
    losses: Arc<LogLosses>,
    writers: Vec<Writer>,
}

struct Writer {
    queue: Arc<Queue>,
    /// Ends when the thread has.
    done: mpsc::Receiver<()>,
}

impl Logs {
    /// Starts logging for the whole process.
    pub fn init(options: &Options, traces: Option<&Traces>, clock: Arc<dyn Clock>) -> Result<Self> {
        let (layer, logs) = Self::start(options, clock)?;
        let started = tracing_subscriber::registry().with(traces.map(Traces::layer)).with(layer).try_init();
        started.map_err(|error| anyhow!("logging can't be started: {error}"))?;
        Ok(logs)
    }

    /// Starts the threads, and makes what gives them lines.
    pub fn start(options: &Options, clock: Arc<dyn Clock>) -> Result<(Lines, Self)> {
        let losses = Arc::<LogLosses>::default();
        let mut local = Local::open(options)?;
        let mut writers = Vec::new();
        let queue = Arc::new(Queue::new(Arc::clone(&losses.local)));
        let (own, time) = (Arc::clone(&queue), Arc::clone(&clock));
        writers.push(Writer::start("log-local", queue, move || local.run(&own, &*time))?);
        if let Some(endpoint) = options.endpoint.clone() {
            let queue = Arc::new(Queue::new(Arc::clone(&losses.syslog)));
            let (own, time) = (Arc::clone(&queue), Arc::clone(&clock));
            writers.push(Writer::start("log-syslog", queue, move || syslog::run(&endpoint, &own, &*time))?);
        }
        let queues = writers.iter().map(|writer| Arc::clone(&writer.queue)).collect();
        let lines = Lines { levels: options.levels.clone(), clock, queues };
        Ok((lines, Self { losses, writers }))
    }

    /// How many lines were lost.
    pub fn losses(&self) -> Arc<LogLosses> {
        Arc::clone(&self.losses)
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        // The last first: what is told of it goes to the others.
        for writer in self.writers.iter().rev() {
            writer.queue.close();
            let _ = writer.done.recv_timeout(LAST_WORDS);
        }
    }
}

impl Writer {
    fn start(name: &str, queue: Arc<Queue>, work: impl FnOnce() + Send + 'static) -> Result<Self> {
        let (end, done) = mpsc::channel();
        let work = move || {
            work();
            drop(end);
        };
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        started.context("a thread of the log can't be started")?;
        Ok(Self { queue, done })
    }
}

/// What the log tells of lines that it does not have.
fn lost_line(clock: &dyn Clock, lost: u64) -> Line {
    let message = "log lines were lost here: there was no room for them, or they could not be written";
    Line::own(clock.now().as_micros(), message, vec![("lines", lost.into())])
}

/// Makes lines of what is told in the code.
pub struct Lines {
    levels: Levels,
    clock: Arc<dyn Clock>,
    queues: Vec<Arc<Queue>>,
}

impl Lines {
    /// Spans of requests and jobs are always there: they cost little, and lines get their ids from
    /// them, whatever their level.
    fn is_wanted(metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("minato")
    }
}

impl<S> Layer<S> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if Self::is_wanted(metadata) {
            return Interest::always();
        }
        match self.levels.verdict(*metadata.level(), metadata.target()) {
            Verdict::Written => Interest::always(),
            Verdict::Dropped => Interest::never(),
            Verdict::Depends => Interest::sometimes(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, cx: Context<'_, S>) -> bool {
        let (level, target) = (*metadata.level(), metadata.target());
        match self.levels.verdict(level, target) {
            _ if Self::is_wanted(metadata) => true,
            Verdict::Written => true,
            Verdict::Dropped => false,
            Verdict::Depends => {
                let current = cx.lookup_current();
                let spans = current.iter().flat_map(tracing_subscriber::registry::SpanRef::scope);
                let (component, _) = surroundings(metadata, spans.map(|span| span.id()), &cx);
                self.levels.allows(level, target, component)
            }
        }
    }

    fn max_level_hint(&self) -> Option<tracing::level_filters::LevelFilter> {
        // Spans have the level that is always there, but for `off`.
        Some(self.levels.most().max(tracing::level_filters::LevelFilter::ERROR))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        if let Some(span) = cx.span(id) {
            let mut around = Surroundings::default();
            attributes.record(&mut around);
            span.extensions_mut().insert(around);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let scope = cx.event_scope(event).into_iter().flatten();
        let (component, ids) = surroundings(event.metadata(), scope.map(|span| span.id()), &cx);
        let line = Arc::new(Line::of(event, self.clock.now().as_micros(), component, ids));
        for queue in &self.queues {
            queue.push(Arc::clone(&line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minato_types::clock::SystemClock;
    use std::net::TcpListener;
    use std::sync::atomic::Ordering;

    fn options(folder: &std::path::Path, endpoint: Option<String>) -> Options {
        let rotation = Rotation { size: 1 << 30, age: None, count: 1 };
        let endpoint = endpoint.map(|address| {
            let (host, port) = address.split_once(':').unwrap();
            Endpoint { transport: Transport::Tcp, host: host.to_owned(), port: port.parse().unwrap() }
        });
        let levels = Levels::parse("info").unwrap();
        Options { levels, format: Format::Text, files: Some((folder.to_owned(), rotation)), endpoint }
    }

    fn run(options: &Options, work: impl FnOnce()) -> Arc<LogLosses> {
        let (lines, logs) = Logs::start(options, Arc::new(SystemClock)).unwrap();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), work);
        logs.losses()
    }

    #[test]
    fn lines_of_many_threads_are_all_there_whole() {
        let folder = tempfile::tempdir().unwrap();
        run(&options(folder.path(), None), || {
            let dispatch = tracing::dispatcher::get_default(Clone::clone);
            std::thread::scope(|scope| {
                for thread in 0..8 {
                    let dispatch = &dispatch;
                    scope.spawn(move || {
                        tracing::dispatcher::with_default(dispatch, || {
                            for n in 0..1000 {
                                tracing::info!(thread, n, "told");
                            }
                        });
                    });
                }
            });
        });
        let text = std::fs::read_to_string(folder.path().join("core.log")).unwrap();
        assert_eq!(text.lines().count(), 8000);
        assert!(text.lines().all(|line| line.contains(" core minato::logs::tests: told thread=")), "{text}");
    }

    #[test]
    fn a_server_that_never_reads_loses_lines_and_nobody_waits() {
        let folder = tempfile::tempdir().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap().to_string();
        let (lines, logs) =
            Logs::start(&options(folder.path(), Some(address)), Arc::new(SystemClock)).unwrap();
        let losses = logs.losses();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            let long = "x".repeat(4000);
            while losses.syslog.load(Ordering::Relaxed) == 0 {
                tracing::info!(long, "told");
            }
        });
        drop(server);
        drop(logs);
        // Here, too, they may have come faster than they were written; all others are in the file.
        let text = std::fs::read_to_string(folder.path().join("core.log")).unwrap();
        assert!(text.lines().count() > 1000);
    }

    #[test]
    fn spans_tell_their_ids_and_component_whatever_the_level() {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(folder.path(), None);
        options.levels = Levels::parse("warning,registry=info").unwrap();
        run(&options, || {
            let span =
                tracing::error_span!("request", request_id = "abc", component = "registry", secret = "x");
            span.in_scope(|| {
                tracing::info!("in the registry");
                tracing::debug!("not told");
                let job = tracing::error_span!("job", task = 7, component = "jobservice");
                job.in_scope(|| tracing::info!("not told either"));
                job.in_scope(|| tracing::warn!(password = "x", "in a job"));
            });
            tracing::info!("outside");
        });
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
        let (registry, job) = (read("registry.log"), read("jobservice.log"));
        assert!(registry.ends_with(": in the registry request_id=abc\n"), "{registry}");
        assert_eq!(registry.lines().count(), 1);
        assert!(job.ends_with(": in a job task=7 request_id=abc password=***\n"), "{job}");
        assert_eq!((job.lines().count(), read("core.log").as_str()), (1, ""));
    }
}
