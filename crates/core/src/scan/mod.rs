//! Scanning: what is looked into, by whom, how far that is, and what was found.
//!
//! `job` has a scanner do it, `all` queues that for everything, `report` reads what it sends, `gate` keeps what is too bad from being pulled.
//! Of an index its parts are scanned; what is told of it is put together from their reports.

pub mod all;
pub mod gate;
pub(crate) mod job;
mod report;

use std::collections::{BTreeSet, HashMap, HashSet};

use minato_db::execution::{self, NewExecution};
use minato_db::scan::{Placeholder, Report as Row};
use minato_db::scanner::Scanner;
use minato_db::task::{self, NewTask, Which};
use minato_db::{Conn, Tx, Wake};
use minato_types::artifact::{Artifact, Child};
use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, ExecutionId, ProjectId, RepositoryId};
use minato_types::job::{Status, Trigger};
use minato_types::manifest::Manifest;
use minato_types::name::RepositoryName;
use minato_types::query::Query;
use minato_types::reference::{Reference, Tag};
use minato_types::scan::{Metadata, ReportKind, VULNERABILITY};
use minato_types::webhook::EventType;
use serde_json::json;

pub use minato_db::scan::Counts;
pub use report::Overview;

use crate::artifact::resolve;
use crate::authz::{ArtifactAdditionRead, RepoGrant, SbomCreate, SbomStop, ScanCreate, ScanRead, ScanStop};
use crate::job::JobKind;
use crate::job::history::MOST_LOG;
use crate::webhook::tell;
use crate::{App, Error, Noun, Result, Window, scanner};
use job::Parameters;
use report::Report;

/// Most parts of an index that are scanned with it.
const MOST_PARTS: usize = 1000;

/// What holds statements about an image and no files of one; scanners would stumble over it.
const IN_TOTO: &str = "application/vnd.in-toto+json";

/// An artifact that a scanner can look into, and the reports that it makes of it.
struct Part {
    artifact: Artifact,
    reports: Vec<ReportKind>,
}

/// What is to be scanned, and for whom.
struct Wish<'a> {
    project: ProjectId,
    repository: RepositoryId,
    name: &'a RepositoryName,
    tag: Option<&'a str>,
    operator: &'a str,
    asked: Asked,
}

/// How a scan came to be wanted.
#[derive(Clone, Copy)]
enum Asked {
    /// By itself.
    For(Trigger),
    /// As part of this execution.
    Within(ExecutionId),
}

/// What came of queueing a scan.
#[derive(PartialEq, Eq)]
enum Queued {
    Yes,
    /// The scanner can't look into anything of it.
    Nothing,
    /// All of it is being scanned already.
    Running,
}

/// What is unique about the scan of something.
fn work(scanner: &Scanner, digest: &Digest) -> String {
    format!("scan {} {digest}", scanner.id)
}

/// Has an artifact scanned by its project's scanner; of an index, what it lists. Refused while there is no address
/// for the scanner to come to.
pub async fn start(app: &App, grant: &RepoGrant<ScanCreate>, reference: &Reference) -> Result<()> {
    let (artifact, scanner) = find(app, grant, reference).await?;
    scanner::address(app, &scanner)?;
    // One that does not answer may do so when its turn comes.
    let metadata = scanner::ask(app, &scanner).await?.unwrap_or_else(|_| scanner.metadata.clone());
    let media_type = artifact.media_type.clone();
    let tag = match reference {
        Reference::Tag(tag) => Some(tag.as_str()),
        Reference::Digest(_) => None,
    };
    let wish = Wish {
        project: grant.project,
        repository: artifact.repository,
        name: &grant.name,
        tag,
        operator: grant.caller.name(),
        asked: Asked::For(Trigger::Manual),
    };
    let mut tx = app.db.begin().await?;
    match queue_in(&mut tx, (&scanner, &metadata), artifact, &wish, app.clock.now()).await? {
        Queued::Yes => Ok(tx.commit().await?),
        Queued::Running => Err(Error::Conflict("a previous scan process is Running".to_owned())),
        Queued::Nothing => Err(unsupported(&scanner, &media_type)),
    }
}

/// Refuses a bill of materials: no scanner is asked for one.
pub async fn start_sbom(app: &App, grant: &RepoGrant<SbomCreate>, reference: &Reference) -> Result<()> {
    let (artifact, scanner) = find(app, grant, reference).await?;
    Err(unsupported(&scanner, &format!("{} for bills of materials", artifact.media_type)))
}

fn unsupported(scanner: &Scanner, what: &str) -> Error {
    let name = &scanner.name;
    Error::invalid(
        "reference",
        format!("the configured scanner {name} does not support scanning artifact with mime type {what}"),
    )
}

/// The artifact, and the scanner that is to look into it.
async fn find<P>(app: &App, grant: &RepoGrant<P>, reference: &Reference) -> Result<(Artifact, Scanner)> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let artifact = resolve(&mut conn, repository, reference).await?;
    let found = minato_db::scanner::get_of_project(&mut conn, grant.project).await?;
    let Some(scanner) = found else {
        return Err(Error::Precondition(format!("no available scanner for project: {}", grant.project)));
    };
    if scanner.disabled {
        return Err(Error::Precondition(format!("scanner {} is deactivated", scanner.name)));
    }
    Ok((artifact, scanner))
}

/// Queues the scan of what was just pushed, or copied, if its project's scanner can look into it.
pub(crate) async fn pushed_in<P>(
    tx: &mut Tx,
    grant: &RepoGrant<P>,
    repository: RepositoryId,
    (artifact, tags): (ArtifactId, &[Tag]),
    now: Timestamp,
) -> Result<()> {
    let found = minato_db::scanner::get_of_project(tx, grant.project).await?;
    let Some(scanner) = found.filter(|scanner| !scanner.disabled) else { return Ok(()) };
    let pushed = minato_db::artifact::list_by_ids(tx, repository, &[artifact]).await?;
    let Some(artifact) = pushed.into_iter().next() else { return Ok(()) };
    let wish = Wish {
        project: grant.project,
        repository,
        name: &grant.name,
        tag: tags.first().map(Tag::as_str),
        operator: grant.caller.name(),
        asked: Asked::For(Trigger::Event),
    };
    match queue_in(tx, (&scanner, &scanner.metadata), artifact, &wish, now).await {
        // There is none any more; that is no reason to refuse what is pushed.
        Ok(_) | Err(Error::NotFound(Noun::Scanner)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Queues the scan of an artifact. Refused, with nothing done, when the scanner was deleted meanwhile.
async fn queue_in(
    tx: &mut Tx,
    (scanner, metadata): (&Scanner, &Metadata),
    root: Artifact,
    wish: &Wish<'_>,
    now: Timestamp,
) -> Result<Queued> {
    if !minato_db::scanner::hold(tx, scanner.id).await? {
        return Err(Error::NotFound(Noun::Scanner));
    }
    let attributes = attributes(&root, scanner, wish);
    let (root_id, vendor) = (root.id, (JobKind::ImageScan.as_str(), root.id.0));
    let mut parts = collect(tx, wish.repository, root, metadata).await?;
    if parts.is_empty() {
        return Ok(Queued::Nothing);
    }
    let works: Vec<String> = parts.iter().map(|part| work(scanner, &part.artifact.digest)).collect();
    let running: HashSet<String> = task::list_queued(tx, &works).await?.into_iter().collect();
    parts.retain(|part| !running.contains(&work(scanner, &part.artifact.digest)));
    // In one order always, for others that queue some of the same.
    parts.sort_unstable_by(|one, other| one.artifact.digest.as_str().cmp(other.artifact.digest.as_str()));
    let mut tags = newest_tags(tx, &parts).await?;
    if let Some(tag) = wish.tag {
        tags.insert(root_id, tag.to_owned());
    }
    let tasks = parts.iter().map(|part| new_task(part, scanner, wish, tags.get(&part.artifact.id), now));
    let tasks = tasks.collect::<Result<Vec<NewTask>>>()?;
    if tasks.is_empty() {
        return Ok(Queued::Running);
    }
    let (vendor_type, vendor_id) = vendor;
    let (execution, queued) = match wish.asked {
        Asked::For(trigger) => {
            let new = NewExecution { vendor_type, vendor_id, trigger, attributes: &attributes };
            minato_queue::enqueue(tx, &new, &tasks, now).await?
        }
        Asked::Within(execution) => {
            tx.wake(Wake::Tasks).await?;
            (execution, task::insert(tx, execution, &tasks, now).await?)
        }
    };
    if queued == 0 {
        return Ok(Queued::Running);
    }
    // Somebody may have queued some of them since we looked.
    let ours: HashSet<String> = task::list_uniquenesses(tx, execution).await?.into_iter().collect();
    let expected: Vec<Placeholder> = parts
        .iter()
        .map(|part| (part, work(scanner, &part.artifact.digest)))
        .filter(|(_, work)| ours.contains(work))
        .flat_map(|(part, work)| placeholders(part, &work))
        .collect();
    minato_db::scan::expect(tx, scanner.id, execution, &expected).await?;
    Ok(Queued::Yes)
}

/// What is shown with the execution, in Harbor's words.
fn attributes(root: &Artifact, scanner: &Scanner, wish: &Wish<'_>) -> String {
    json!({
        "artifact": {
            "id": root.id.0,
            "project_id": wish.project.0,
            "repository_name": wish.name.as_str(),
            "digest": root.digest.as_str(),
        },
        "registration": { "id": scanner.id.0, "name": scanner.name },
        "enabled_capabilities": { "type": VULNERABILITY },
        "operator": wish.operator,
    })
    .to_string()
}

fn new_task(
    part: &Part,
    scanner: &Scanner,
    wish: &Wish<'_>,
    tag: Option<&String>,
    now: Timestamp,
) -> Result<NewTask> {
    let parameters = Parameters {
        artifact: part.artifact.id.0,
        digest: part.artifact.digest.to_string(),
        tag: tag.cloned().unwrap_or_default(),
        scanner: scanner.id.0,
        operator: wish.operator.to_owned(),
    };
    Ok(NewTask {
        kind: JobKind::ImageScan.as_str(),
        share: wish.project.0,
        sequence: None,
        uniqueness: Some(work(scanner, &part.artifact.digest)),
        parameters: serde_json::to_string(&parameters).map_err(Error::internal)?,
        attributes: json!({ "artifact_id": part.artifact.id.0, "artifact_tag": tag }).to_string(),
        due_at: now,
    })
}

fn placeholders(part: &Part, work: &str) -> Vec<Placeholder> {
    let new = |kind: &ReportKind| Placeholder {
        uuid: uuid::Uuid::new_v4().to_string(),
        digest: part.artifact.digest.clone(),
        kind: *kind,
        work: work.to_owned(),
    };
    part.reports.iter().map(new).collect()
}

/// The tag that each part got last.
async fn newest_tags(conn: &mut Conn, parts: &[Part]) -> Result<HashMap<ArtifactId, String>> {
    let ids: Vec<ArtifactId> = parts.iter().map(|part| part.artifact.id).collect();
    let mut tags = minato_db::tag::list_of(conn, &ids).await?;
    tags.sort_by_key(|tag| tag.push_time);
    Ok(tags.into_iter().map(|tag| (tag.artifact, tag.name)).collect())
}

/// What of an artifact a scanner can look into: itself, or the parts of an index, at any depth.
async fn collect(
    conn: &mut Conn,
    repository: RepositoryId,
    root: Artifact,
    metadata: &Metadata,
) -> Result<Vec<Part>> {
    let (mut parts, mut seen) = (Vec::new(), BTreeSet::from([root.id]));
    let mut level = vec![root];
    while !level.is_empty() {
        let mut indexes = Vec::new();
        let mut found = Vec::new();
        for artifact in level.into_iter().filter(|artifact| artifact.accessory.is_none()) {
            let reports = metadata.reports(&artifact.kind, &artifact.media_type);
            if reports.is_empty() {
                indexes.push(artifact.id);
            } else {
                found.push(Part { artifact, reports });
            }
        }
        let statements = statements(conn, &found).await?;
        parts.extend(found.into_iter().filter(|part| !statements.contains(&part.artifact.id)));
        let children = minato_db::artifact::children(conn, &indexes).await?;
        let new = children.into_iter().map(|child| child.child).filter(|id| seen.insert(*id));
        let new: Vec<ArtifactId> = new.take(MOST_PARTS.saturating_sub(parts.len())).collect();
        level = minato_db::artifact::list_by_ids(conn, repository, &new).await?;
    }
    Ok(parts)
}

/// Those of the parts that hold no files but statements.
async fn statements(conn: &mut Conn, parts: &[Part]) -> Result<HashSet<ArtifactId>> {
    /// Manifests that are read at a time, as each may be some megabytes.
    const BATCH: usize = 20;
    let ids: Vec<ArtifactId> = parts.iter().map(|part| part.artifact.id).collect();
    let mut found = HashSet::new();
    for batch in ids.chunks(BATCH) {
        for stored in minato_db::artifact::list_manifests(conn, batch).await? {
            let manifest = Manifest::parse(Some(&stored.media_type), &stored.bytes)?;
            if manifest.layers.iter().any(|layer| layer.media_type == IN_TOTO) {
                found.insert(stored.id);
            }
        }
    }
    Ok(found)
}

/// Stops the scan of an artifact; refused where there never was one.
pub async fn stop(app: &App, grant: &RepoGrant<ScanStop>, reference: &Reference) -> Result<()> {
    let repository = grant.existing()?;
    let told = tell::is_told(app, grant).await?;
    let mut tx = app.db.begin().await?;
    let artifact = resolve(&mut tx, repository, reference).await?;
    let newest = Window { limit: 1, offset: 0 };
    let (kinds, of) = ([JobKind::ImageScan.as_str()], [artifact.id.0]);
    let (found, _) = execution::list(&mut tx, &kinds, Some(&of), &Query::default(), newest).await?;
    let Some(execution) = found.into_iter().next() else { return Err(never_scanned(&artifact)) };
    let (stopped, _) = task::stop(&mut tx, Which::Of(execution.id), app.clock.now()).await?;
    tx.wake(Wake::Stops).await?;
    if told && stopped > 0 {
        let about = tell::Scanned {
            project: grant.project,
            name: &grant.name,
            public: grant.standing.public,
            digest: artifact.digest.as_str(),
            tag: "",
            overview: json!({}),
        };
        tell::scanned_in(&mut tx, app, EventType::ScanningStopped, grant.caller.name(), &about).await?;
    }
    Ok(tx.commit().await?)
}

fn never_scanned(artifact: &Artifact) -> Error {
    Error::invalid("reference", format!("no scan job for artifact digest={}", artifact.digest))
}

/// Refuses to stop making a bill of materials: none is ever made.
pub async fn stop_sbom(app: &App, grant: &RepoGrant<SbomStop>, reference: &Reference) -> Result<()> {
    let mut conn = app.db.read().await?;
    Err(never_scanned(&resolve(&mut conn, grant.existing()?, reference).await?))
}

/// What was logged while a report was made; of an index, while those of its parts were.
pub async fn log(
    app: &App,
    grant: &RepoGrant<ScanRead>,
    reference: &Reference,
    report: &str,
) -> Result<String> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let artifact = resolve(&mut conn, repository, reference).await?;
    let children = minato_db::artifact::children(&mut conn, &[artifact.id]).await?;
    let digests: HashSet<&str> =
        children.iter().map(|child| child.digest.as_str()).chain([artifact.digest.as_str()]).collect();
    let ids: Vec<String> = report::ids(report).into_iter().take(MOST_PARTS).collect();
    let mut works = minato_db::scan::list_work(&mut conn, &ids).await?;
    // What was scanned for another project is told there.
    works.retain(|work| work.project == grant.project.0 && digests.contains(work.digest.as_str()));
    works.dedup_by_key(|work| work.task);
    let is_one = works.len() == 1;
    let mut all = String::new();
    for work in &works {
        let log = task::read_log(&mut conn, work.task, MOST_LOG.saturating_sub(all.len())).await?;
        if !is_one {
            all = format!("{all}---------- Logs of report {} ----------\n", work.uuid);
        }
        all.push_str(&log);
    }
    if works.is_empty() { Err(Error::NotFound(Noun::Report)) } else { Ok(all) }
}

/// The first report in one of the wanted forms on the vulnerabilities of an artifact, as JSON; of an index, on
/// those of its parts together. `None` where there is none yet, refused where there can't be one.
pub async fn vulnerabilities(
    app: &App,
    grant: &RepoGrant<ArtifactAdditionRead>,
    reference: &Reference,
    wanted: &[ReportKind],
) -> Result<Option<(ReportKind, String)>> {
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let artifact = resolve(&mut conn, repository, reference).await?;
    let children = minato_db::artifact::children(&mut conn, &[artifact.id]).await?;
    let scanner = minato_db::scanner::get_of_project(&mut conn, grant.project).await?;
    let Some(scanner) = scanner.filter(|scanner| is_scannable(&artifact, &children, &scanner.metadata))
    else {
        return Err(Error::NotFound(Noun::Report));
    };
    let digests = children.iter().map(|child| &child.digest).chain([&artifact.digest]);
    let rows = minato_db::scan::list(&mut conn, scanner.id, digests, false).await?;
    for kind in wanted {
        let known = |row: &&Row| row.kind == *kind && is_known(row);
        let own = rows.iter().filter(known).find(|row| row.digest == artifact.digest);
        if let Some(own) = own {
            let texts = minato_db::scan::list_texts(&mut conn, scanner.id, *kind, [&own.digest]).await?;
            return Ok(texts.into_iter().next().map(|(_, text)| (*kind, text)));
        }
        let mut merged: Option<Report> = None;
        // One after another: what they have in common is kept once.
        for row in rows.iter().filter(known) {
            for (digest, text) in
                minato_db::scan::list_texts(&mut conn, scanner.id, *kind, [&row.digest]).await?
            {
                merged =
                    Some(report::add(merged, text.into_bytes(), digest).await?.map_err(Error::internal)?);
            }
        }
        if let Some(report) = merged {
            return Ok(Some((*kind, serde_json::to_string(&report).map_err(Error::internal)?)));
        }
    }
    Ok(None)
}

/// Whether what a report has counts: it has succeeded, or it is being made anew.
fn is_known(row: &Row) -> bool {
    row.kept && (row.status == Status::Success || !row.status.is_final())
}

/// Whether a scanner can look into an artifact, or into a part of an index.
fn is_scannable(artifact: &Artifact, children: &[Child], metadata: &Metadata) -> bool {
    let makes = |kind: &str, media_type: &str| !metadata.reports(kind, media_type).is_empty();
    artifact.accessory.is_none()
        && (makes(&artifact.kind, &artifact.media_type)
            || children.iter().any(|child| makes(&child.kind, &child.media_type)))
}

/// How artifacts stand to their project's scanner: which it can look into, and how far that is where
/// `wanted` says in which forms. At most two statements, however many artifacts there are.
pub(crate) async fn overviews(
    conn: &mut Conn,
    project: ProjectId,
    artifacts: &[Artifact],
    children: &HashMap<ArtifactId, Vec<Child>>,
    wanted: &[ReportKind],
) -> Result<HashMap<ArtifactId, Option<Overview>>> {
    let Some(scanner) = minato_db::scanner::get_of_project(conn, project).await? else {
        return Ok(HashMap::new());
    };
    let children_of = |artifact: &Artifact| children.get(&artifact.id).map(Vec::as_slice).unwrap_or_default();
    let scannable: Vec<&Artifact> = artifacts
        .iter()
        .filter(|artifact| is_scannable(artifact, children_of(artifact), &scanner.metadata))
        .collect();
    let mut found: HashMap<ArtifactId, Option<Overview>> =
        scannable.iter().map(|artifact| (artifact.id, None)).collect();
    if wanted.is_empty() || scannable.is_empty() {
        return Ok(found);
    }
    let parts = scannable.iter().flat_map(|artifact| children_of(artifact)).map(|child| &child.digest);
    let digests: HashSet<&Digest> = scannable.iter().map(|artifact| &artifact.digest).chain(parts).collect();
    // Without what was found one by one: of many indexes that would be more than a page is worth.
    let rows = minato_db::scan::list(conn, scanner.id, digests, false).await?;
    let by_digest = group(&rows);
    for artifact in scannable {
        let own = by_digest.get(&artifact.digest).cloned().unwrap_or_default();
        let overview = Overview::choose(&own, wanted).or_else(|| {
            let of_parts = children_of(artifact).iter().filter_map(|child| by_digest.get(&child.digest));
            let of_parts: Vec<&Row> = of_parts.flatten().copied().collect();
            Overview::choose(&of_parts, wanted)
        });
        found.insert(artifact.id, overview);
    }
    Ok(found)
}

fn group(rows: &[Row]) -> HashMap<&Digest, Vec<&Row>> {
    let mut groups: HashMap<&Digest, Vec<&Row>> = HashMap::new();
    for row in rows {
        groups.entry(&row.digest).or_default().push(row);
    }
    groups
}
