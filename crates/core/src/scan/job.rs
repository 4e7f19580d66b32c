//! The job that has a scanner look into one artifact. Begun again it asks the scanner anew; what it had
//! found by then is replaced.
//!
//! The scanner gets a token that pulls from this one repository and nothing else, and is gone when its time
//! for the scan is.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minato_clients::{Adapter, CallError, ScanRequest, ScannedArtifact};
use minato_db::scan::Made;
use minato_db::scanner::Scanner;
use minato_db::task::Claimed;
use minato_queue::{Cx, JobError};
use minato_types::artifact::Artifact;
use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, ProjectId, ScannerId};
use minato_types::name::RepositoryName;
use minato_types::scan::{Metadata, ReportKind};
use minato_types::webhook::EventType;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::report::{self, Overview, Report};
use super::work;
use crate::job::OPERATOR;
use crate::webhook::tell;
use crate::{App, Error, Result, scanner, settings, token};

/// How long a scanner may take, as in Harbor.
const LONGEST: Duration = token::SCANNER_LIFETIME;

/// The longest that a scanner may ask to be left alone.
const LONGEST_PAUSE: Duration = Duration::from_mins(2);

/// What a task is to do.
#[derive(Serialize, Deserialize)]
pub(crate) struct Parameters {
    pub(super) artifact: i64,
    /// Its digest: another artifact that has it will do.
    pub(super) digest: String,
    /// A tag of the artifact, or nothing.
    pub(super) tag: String,
    pub(super) scanner: i64,
    pub(super) operator: String,
}

/// What a task is about.
struct Subject {
    project: ProjectId,
    name: RepositoryName,
    public: bool,
    artifact: Artifact,
    /// A tag of it, or nothing.
    tag: String,
    /// Who wants it scanned.
    operator: String,
    scanner: Scanner,
}

type Done<T> = std::result::Result<T, JobError>;

/// Runs the job.
pub(crate) async fn run(
    app: &App,
    task: &Claimed,
    parameters: &Parameters,
    cx: &Cx,
) -> Done<Map<String, Value>> {
    let Some(mut subject) = find(app, task, parameters).await? else {
        return Err(JobError::Failed("the artifact or the scanner was deleted meanwhile".to_owned()));
    };
    let began = app.clock.now();
    let mut outcome = scan(app, task, &subject, cx).await;
    // What goes while it is scanned can't be pulled; others rely on the report still.
    while let Err(JobError::Failed(why)) = &outcome
        && let Some(next) = find(app, task, parameters).await?
        && next.artifact.id != subject.artifact.id
    {
        cx.info(format!("{why}; the artifact was deleted, but there is another of its digest"));
        subject = next;
        outcome = scan(app, task, &subject, cx).await;
    }
    match outcome {
        Ok(overview) => {
            cx.info("done");
            Ok(Map::from_iter([("scan_overview".to_owned(), overview)]))
        }
        Err(JobError::Stopped) => Err(JobError::Stopped),
        Err(error) => {
            cx.info(format!("gave up after {} s", app.clock.now().as_secs() - began.as_secs()));
            tell_failed(app, &subject).await?;
            Err(error)
        }
    }
}

/// What is to be scanned: the artifact that it was queued for or, where that is gone, another of the same digest
/// whose project has the same scanner.
async fn find(app: &App, task: &Claimed, parameters: &Parameters) -> Result<Option<Subject>> {
    let digest: Digest = parameters.digest.parse().map_err(Error::internal)?;
    let (wanted, scanner) = (ArtifactId(parameters.artifact), ScannerId(parameters.scanner));
    let mut conn = app.db.read().await?;
    let place = minato_db::scan::find_candidate(&mut conn, scanner, &digest, wanted).await?;
    let Some(place) = place else { return Ok(None) };
    let name: RepositoryName = place.name.parse().map_err(Error::internal)?;
    let found = minato_db::artifact::list_by_ids(&mut conn, place.repository, &[place.artifact]).await?;
    let artifact = found.into_iter().next();
    let scanner = minato_db::scanner::get_by_id(&mut conn, scanner).await?;
    let standing = minato_db::project::standing(&mut conn, name.project(), None, 0).await?;
    let standing = standing.filter(|standing| standing.project == place.project);
    drop(conn);
    if place.project.0 != task.share {
        let mut tx = app.db.begin().await?;
        minato_db::scan::detach(&mut tx, task.id).await?;
        tx.commit().await?;
    }
    let is_wanted = place.artifact == wanted;
    Ok(artifact.zip(scanner).zip(standing).map(|((artifact, scanner), standing)| Subject {
        project: standing.project,
        name,
        public: standing.public,
        tag: if is_wanted { parameters.tag.clone() } else { String::new() },
        operator: if is_wanted { parameters.operator.clone() } else { OPERATOR.to_owned() },
        artifact,
        scanner,
    }))
}

async fn scan(app: &App, task: &Claimed, subject: &Subject, cx: &Cx) -> Done<Value> {
    let Subject { artifact, scanner, .. } = subject;
    cx.info(format!("{}@{} by the scanner {}", subject.name, artifact.digest, scanner.name));
    let address = scanner::address(app, scanner)?;
    let metadata = scanner::ask(app, scanner).await?.map_err(failed)?;
    let who = &metadata.scanner;
    cx.info(format!("it is {} {} by {}", who.name, who.version, who.vendor));
    let kinds = metadata.reports(&artifact.kind, &artifact.media_type);
    if kinds.is_empty() {
        let why = format!("the scanner can't look into {} any more", artifact.media_type);
        return Err(JobError::Failed(why));
    }
    let (adapter, deadline) = (scanner::adapter(scanner), Instant::now() + LONGEST);
    let began = app.clock.now();
    let prefix = settings::current(app).await?.text("robot_name_prefix");
    let request = request(app, address, subject, (&metadata, &kinds), &prefix)?;
    let id = pausing(cx, app.outbound.submit_scan(&adapter, &request)).await?.map_err(failed)?;
    cx.info(format!("it took the work as {id}"));
    let mut overview = Value::Null;
    for kind in kinds {
        let report = fetch(app, (&adapter, &id, kind), deadline, cx).await?;
        let read = report::receive(report, artifact.digest.to_string()).await?;
        let report = read.map_err(JobError::Failed)?;
        overview = store(app, task, subject, (kind, &report, began)).await?;
    }
    Ok(overview)
}

/// What went wrong on the way to the scanner and back.
#[expect(clippy::needless_pass_by_value, reason = "what `map_err` takes")]
fn failed(error: CallError) -> JobError {
    JobError::Failed(error.to_string())
}

/// Does something, unless the task is to stop before it is done.
async fn pausing<T>(cx: &Cx, work: impl Future<Output = T>) -> Done<T> {
    tokio::select! {
        done = work => Ok(done),
        () = cx.stopped() => Err(JobError::Stopped),
    }
}

/// What the scanner is told, with what it needs to pull. It is called as Harbor calls its scanners.
fn request(
    app: &App,
    address: &str,
    subject: &Subject,
    (metadata, kinds): (&Metadata, &[ReportKind]),
    prefix: &str,
) -> Result<ScanRequest> {
    let Subject { project, name, artifact, scanner, .. } = subject;
    let id = uuid::Uuid::new_v4();
    let caller = format!("{prefix}{}+scanner-{}-{id}", name.project(), scanner.name);
    let token = token::issue_for_scanner(app, *project, name, &caller)?;
    let authorization = if metadata.wants_bearer() {
        format!("Bearer {token}")
    } else {
        format!("Basic {}", STANDARD.encode(format!("{}:{token}", token::SCANNER_NAME)))
    };
    let scanned = ScannedArtifact {
        repository: name.as_str().to_owned(),
        tag: subject.tag.clone(),
        digest: artifact.digest.to_string(),
        mime_type: artifact.media_type.clone(),
        size: artifact.size,
    };
    let wanted = kinds.iter().map(|kind| kind.as_str()).collect();
    Ok(ScanRequest::new(address, authorization, scanned, wanted))
}

/// Asks for a report until there is one.
async fn fetch(
    app: &App,
    (adapter, id, kind): (&Adapter, &str, ReportKind),
    deadline: Instant,
    cx: &Cx,
) -> Done<Vec<u8>> {
    let least = app.startup.scan_pause;
    let mut pause = least;
    loop {
        if Instant::now() + pause > deadline {
            let minutes = LONGEST.as_secs() / 60;
            return Err(JobError::Failed(format!("the scanner made no report within {minutes} minutes")));
        }
        pausing(cx, tokio::time::sleep(pause)).await?;
        cx.checkpoint().await?;
        let asked = app.outbound.scan_report(adapter, id, kind.as_str());
        match pausing(cx, asked).await?.map_err(failed)? {
            minato_clients::Report::Ready(report) => {
                cx.info(format!("it sent {} bytes of {}", report.len(), kind.as_str()));
                return Ok(report);
            }
            minato_clients::Report::NotYet(after) => {
                pause = after.clamp(least, LONGEST_PAUSE.max(least));
                cx.info(format!("no report yet; asking again in {} s", pause.as_secs()));
            }
        }
    }
}

/// Keeps a report, and tells of it; what there is to say of the scan by now.
async fn store(
    app: &App,
    task: &Claimed,
    subject: &Subject,
    (kind, report, began): (ReportKind, &Report, Timestamp),
) -> Result<Value> {
    let Subject { artifact, scanner, .. } = subject;
    let (counts, findings) = report.count();
    let identity = report.scanner.clone().unwrap_or_else(|| scanner.metadata.scanner.clone());
    let text = serde_json::to_string(report).map_err(Error::internal)?;
    let made = Made {
        digest: &artifact.digest,
        scanner: scanner.id,
        kind,
        execution: task.execution,
        work: &work(scanner, &artifact.digest),
        started_at: began,
        counts: &counts,
        identity: &identity,
        findings: &findings,
        report: &text,
    };
    let told = settings::current(app).await?.flag("notification_enable");
    let mut tx = app.db.begin().await?;
    // Nobody is told of what is not wanted any more.
    if !minato_db::scan::store(&mut tx, &made, app.clock.now()).await? {
        return Ok(json!({}));
    }
    let rows = minato_db::scan::list(&mut tx, scanner.id, [&artifact.digest], false).await?;
    let rows: Vec<_> = rows.iter().collect();
    let overview = Overview::choose(&rows, &[kind]).map_or(json!({}), |overview| overview.told());
    let is_last = rows.iter().all(|row| row.status.is_final());
    if told && is_last {
        let about = about(subject, overview.clone());
        tell::scanned_in(&mut tx, app, EventType::ScanningCompleted, &subject.operator, &about).await?;
    }
    tx.commit().await?;
    Ok(overview)
}

fn about(subject: &Subject, overview: Value) -> tell::Scanned<'_> {
    tell::Scanned {
        project: subject.project,
        name: &subject.name,
        public: subject.public,
        digest: subject.artifact.digest.as_str(),
        tag: &subject.tag,
        overview,
    }
}

async fn tell_failed(app: &App, subject: &Subject) -> Result<()> {
    if !settings::current(app).await?.flag("notification_enable") {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    let about = about(subject, json!({}));
    tell::scanned_in(&mut tx, app, EventType::ScanningFailed, &subject.operator, &about).await?;
    Ok(tx.commit().await?)
}
