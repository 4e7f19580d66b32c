//! Figures that `core` knows: of jobs, of what there is, of Minato itself. Where something can't be
//! read now, its figures are left out and the log says why; the others are told.

use std::collections::{HashMap, HashSet};

use minato_core::metrics::{self, Checks, Process, Totals, Work};
use minato_core::{App, Error, Result};
use minato_types::clock::Timestamp;

use super::family::{Family, number, signed};

/// Harbor's job service: the jobs of this process.
pub(super) fn jobservice(app: &App) -> Vec<Family> {
    let mut info = Family::gauge("harbor_jobservice_info", "What runs jobs in this process.");
    if let Some(pool) = metrics::pool(app) {
        let workers = pool.slots.to_string();
        info.add(&[("node", &pool.host), ("pool", &pool.id), ("workers", &workers)], 1.0);
    }
    let mut total = Family::counter("harbor_jobservice_task_total", "Jobs that ended in this process.");
    let mut took = Family::summary(
        "harbor_jobservice_task_process_time_seconds",
        "How long jobs took, quantiles over the last ten minutes.",
    );
    for ended in metrics::ended_jobs(app) {
        let labels = [("type", ended.kind), ("status", ended.outcome)];
        total.add(&labels, number(ended.took.count()));
        if ended.took.count() > 0 {
            took.add_durations(&labels, &ended.took);
        }
    }
    vec![info, total, took]
}

/// Harbor's exporter: what there is in the whole installation.
pub(super) async fn exporter(app: &App) -> Vec<Family> {
    let mut families = health(&metrics::components(app).await);
    families.extend(told(system(app).await));
    if let Some(totals) = told(metrics::totals(app).await) {
        families.extend(projects(&totals));
        families.extend(statistics(&totals));
    }
    if let Some(work) = told(metrics::work(app).await) {
        families.extend(queues(&work));
    }
    families
}

fn told<T>(read: Result<T>) -> Option<T> {
    let log = |error: &Error| {
        tracing::warn!(error = error as &dyn std::error::Error, "some figures can't be read");
    };
    read.inspect_err(log).ok()
}

fn health(components: &[minato_core::health::Component]) -> Vec<Family> {
    let word = |works: bool| if works { 1.0 } else { 0.0 };
    let all = Family::gauge("harbor_health", "1 while all parts work.");
    let mut up = Family::gauge("harbor_up", "1 while the part works.");
    for component in components {
        up.add(&[("component", component.name)], word(component.error.is_none()));
    }
    vec![all.of(word(components.iter().all(|component| component.error.is_none()))), up]
}

async fn system(app: &App) -> Result<Family> {
    let settings = metrics::settings(app).await?;
    let mut info = Family::gauge("harbor_system_info", "What is installed, and how people sign in.");
    let self_registration = settings.flag("self_registration").to_string();
    let labels = [
        ("auth_mode", settings.text("auth_mode")),
        ("harbor_version", crate::api::HARBOR_VERSION.to_owned()),
        ("self_registration", self_registration),
    ];
    info.add(&labels.each_ref().map(|(name, value)| (*name, value.as_str())), 1.0);
    Ok(info)
}

fn word(public: bool) -> &'static str {
    if public { "true" } else { "false" }
}

fn projects(totals: &Totals) -> Vec<Family> {
    let mut count = Family::gauge("harbor_project_total", "Projects.");
    for public in [true, false] {
        let found = totals.projects.iter().filter(|project| project.public == public).count();
        count.add(&[("public", word(public))], number(found as u64));
    }
    let mut used = Family::gauge("harbor_project_quota_usage_byte", "Bytes that a project uses.");
    let mut hard =
        Family::gauge("harbor_project_quota_byte", "Bytes that a project may use, -1 for no limit.");
    let mut members = Family::gauge("harbor_project_member_total", "Users that are members of a project.");
    let mut repositories = Family::gauge("harbor_project_repo_total", "Repositories of a project.");
    let mut pulls = Family::gauge("harbor_artifact_pulled", "Pulls from a project since it was made.");
    let members_of: HashMap<_, _> = totals.members.iter().copied().collect();
    let repositories_of: HashMap<_, _> = totals.repositories.iter().map(|r| (r.project, r)).collect();
    let mut by_id = HashMap::new();
    for project in &totals.projects {
        let name: &[_] = &[("project_name", project.name.as_str())];
        let public = word(project.public);
        by_id.insert(project.id, (project.name.as_str(), public));
        used.add(name, signed(project.used));
        hard.add(name, signed(project.hard));
        members.add(name, signed(members_of.get(&project.id).copied().unwrap_or_default()));
        let found = repositories_of.get(&project.id);
        repositories.add(
            &[("project_name", &project.name), ("public", public)],
            signed(found.map_or(0, |r| r.count)),
        );
        pulls.add(name, signed(found.map_or(0, |r| r.pulls)));
    }
    let mut artifacts = Family::gauge("harbor_project_artifact_total", "Artifacts of a project, by kind.");
    for found in &totals.artifacts {
        let Some((name, public)) = by_id.get(&found.project) else { continue };
        let labels = [("project_name", *name), ("public", *public), ("artifact_type", &found.kind)];
        artifacts.add(&labels, signed(found.count));
    }
    vec![count, used, hard, members, repositories, pulls, artifacts]
}

fn statistics(totals: &Totals) -> Vec<Family> {
    let public: HashSet<_> =
        totals.projects.iter().filter(|project| project.public).map(|project| project.id).collect();
    let repositories = |all: bool| {
        let counted = totals.repositories.iter().filter(|r| all || public.contains(&r.project));
        counted.map(|r| r.count).sum::<i64>()
    };
    let (projects, public_projects) = (number(totals.projects.len() as u64), number(public.len() as u64));
    let (all, public_repositories) = (signed(repositories(true)), signed(repositories(false)));
    let bytes = totals.projects.iter().map(|project| project.used).sum();
    let gauge = |name, help, value| Family::gauge(name, help).of(value);
    let storage = "harbor_statistics_total_storage_consumption";
    let private = (projects - public_projects, all - public_repositories);
    vec![
        gauge(storage, "Bytes that all projects use together.", signed(bytes)),
        gauge("harbor_statistics_total_project_amount", "All projects.", projects),
        gauge("harbor_statistics_public_project_amount", "Public projects.", public_projects),
        gauge("harbor_statistics_private_project_amount", "Private projects.", private.0),
        gauge("harbor_statistics_total_repo_amount", "All repositories.", all),
        gauge("harbor_statistics_public_repo_amount", "Those of public projects.", public_repositories),
        gauge("harbor_statistics_private_repo_amount", "Those of private projects.", private.1),
    ]
}

fn queues(work: &Work) -> Vec<Family> {
    let mut size = Family::gauge("harbor_task_queue_size", "Jobs that wait, by kind.");
    let mut latency = Family::gauge("harbor_task_queue_latency", "Seconds that the first of them waits.");
    for (queue, waits) in &work.queues {
        size.add(&[("type", &queue.kind)], signed(queue.waiting));
        latency.add(&[("type", &queue.kind)], waits.as_secs_f64());
    }
    let mut running = Family::gauge("harbor_task_concurrency", "Jobs that run, by kind and process.");
    for found in &work.running {
        running.add(&[("type", &found.kind), ("pool", &found.worker)], signed(found.count));
    }
    let scheduled = Family::gauge("harbor_task_scheduled_total", "Jobs that wait for their time.");
    vec![size, latency, running, scheduled.of(signed(work.scheduled))]
}

/// What Harbor has no name for.
pub(super) async fn minato(app: &App) -> Vec<Family> {
    let own = metrics::own(app).await;
    let mut build = Family::gauge("minato_build_info", "The version that runs.");
    build.add(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    let statements = "minato_database_statements_total";
    let mut families =
        vec![build, Family::counter(statements, "Statements to the database.").of(number(own.statements))];
    let mut lost = Family::counter("minato_log_lost_lines_total", "Log lines that were lost.");
    for (to, lines) in own.lost_lines {
        lost.add(&[("to", to)], number(lines));
    }
    families.push(lost);
    if let Some(space) = own.space {
        let size = Family::gauge("minato_storage_size_bytes", "Size of the disk that has the blobs.");
        let free = Family::gauge("minato_storage_free_bytes", "What is free of the disk that has the blobs.");
        families.extend([size.of(number(space.total)), free.of(number(space.free))]);
    }
    if let Some(work) = told(metrics::work(app).await) {
        let counter = |name, help, value| Family::counter(name, help).of(signed(value));
        let gone = work.collected;
        families.extend([
            counter("minato_gc_freed_bytes_total", "Bytes that garbage collection freed.", gone.bytes),
            counter("minato_gc_freed_blobs_total", "Blobs whose bytes it deleted.", gone.blobs),
            counter("minato_gc_manifests_total", "Manifests without tags that it removed.", gone.manifests),
        ]);
    }
    if let Some(totals) = told(metrics::totals(app).await) {
        let waiting = totals.garbage;
        let gauge = |name, help, value| Family::gauge(name, help).of(signed(value));
        families.extend([
            gauge("minato_gc_waiting_bytes", "Bytes that wait to be deleted.", waiting.bytes),
            gauge("minato_gc_waiting_blobs", "Blobs whose bytes wait to be deleted.", waiting.blobs),
        ]);
        families.extend(checks(&totals.checks));
    }
    families.extend(own.process.iter().flat_map(process));
    families
}

/// What checks of the store found.
fn checks(checks: &Checks) -> Vec<Family> {
    let mut ended =
        Family::gauge("minato_check_end_timestamp_seconds", "When the last whole check of a kind ended.");
    let mut found = Family::gauge("minato_check_findings", "What that check found.");
    let mut bytes = 0;
    for (kind, state) in &checks.states {
        ended.add(&[("type", kind)], signed(state.ended_at.map_or(0, Timestamp::as_secs)));
        found.add(&[("type", kind)], signed(state.found));
        bytes += state.bytes;
    }
    let read = Family::counter("minato_scrub_bytes_total", "Bytes that were read again to check them.");
    let gauge = |name, help, value| Family::gauge(name, help).of(signed(value));
    vec![
        ended,
        found,
        read.of(signed(bytes)),
        gauge(
            "minato_damaged_blobs",
            "Blobs that are not served as their bytes are damaged.",
            checks.found.blobs,
        ),
        gauge("minato_quarantine_blobs", "Blobs that checks have set aside.", checks.found.aside),
        gauge("minato_quarantine_bytes", "Their bytes.", checks.found.aside_bytes),
    ]
}

/// What every process tells, under the names that all of them have.
fn process(process: &Process) -> Vec<Family> {
    let cpu = Family::counter("process_cpu_seconds_total", "Seconds of processor time.");
    let memory = Family::gauge("process_resident_memory_bytes", "Bytes of memory.");
    let open = Family::gauge("process_open_fds", "Files and sockets that are open.");
    let mut families = vec![
        cpu.of(process.cpu_seconds),
        memory.of(process.resident_bytes),
        open.of(number(process.open_fds as u64)),
    ];
    if let Some(most) = process.max_fds {
        families.push(Family::gauge("process_max_fds", "How many files and sockets may be open.").of(most));
    }
    if let Some(at) = process.started_at {
        families.push(Family::gauge("process_start_time_seconds", "When the process started.").of(at));
    }
    families
}
