//! The job dashboard: processes, what they run, what waits, and what begins by itself.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{Json, Response};
use http::{StatusCode, Uri};
use minato_core::App;
use minato_core::Error;
use minato_core::authz::{SystemJobList, SystemJobStop};
use minato_core::job::monitor::{self, Pool, QueueAction, Slot};
use minato_core::job::schedule::{self, Schedule};
use minato_core::job::throughput::{self, Hour};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::grant::{SignedIn, System};
use super::operation::{Operation, PAGE, Verb, number};
use super::paging::{Body, Paging, count, time};
use super::run::plain;
use crate::codes::Code;
use crate::error::Failure;

const JOB: &str = "/jobservice/jobs/{job_id}";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/jobservice/pools", "getWorkerPools", "jobservice")
            .answers_all::<PoolView>()
            .fails(&[401, 403, 500])
            .by(get_worker_pools),
        Operation::new(Verb::Get, "/jobservice/pools/{pool_id}/workers", "getWorkers", "jobservice")
            .answers_all::<WorkerView>()
            .fails(&[401, 403, 404, 500])
            .by(get_workers),
        Operation::new(Verb::Put, JOB, "stopRunningJob", "jobservice")
            .fails(&[401, 403, 404, 500])
            .by(stop_running_job),
        Operation::new(Verb::Get, "/jobservice/jobs/{job_id}/log", "actionGetJobLog", "jobservice")
            .answers_text("text/plain")
            .with_header("Content-Type")
            .fails(&[401, 403, 404, 500])
            .by(get_job_log),
        Operation::new(Verb::Get, "/jobservice/queues", "listJobQueues", "jobservice")
            .answers_all::<QueueView>()
            .fails(&[401, 403, 404, 500])
            .by(list_job_queues),
        Operation::new(Verb::Put, "/jobservice/queues/{job_type}", "actionPendingJobs", "jobservice")
            .body::<ActionRequest>()
            .fails(&[401, 403, 404, 422, 500])
            .by(action_pending_jobs),
        Operation::new(Verb::Get, "/jobservice/throughput", "getThroughput", "jobservice")
            .takes([number("hours")])
            .answers_all::<ThroughputView>()
            .fails(&[401, 403, 422, 500])
            .by(get_throughput),
        Operation::new(Verb::Get, "/schedules", "listSchedules", "schedule")
            .takes(PAGE)
            .lists::<ScheduleTaskView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(list_schedules),
        Operation::new(Verb::Get, "/schedules/{job_type}/paused", "getSchedulePaused", "schedule")
            .answers::<SchedulerView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_schedule_paused),
    ]
}

/// A process that runs jobs.
#[derive(Serialize, ToSchema)]
#[schema(as = WorkerPool)]
struct PoolView {
    pid: i64,
    worker_pool_id: String,
    start_at: String,
    heartbeat_at: String,
    concurrency: i64,
    host: String,
}

impl From<Pool> for PoolView {
    fn from(pool: Pool) -> Self {
        Self {
            pid: pool.pid,
            worker_pool_id: pool.id,
            start_at: time(pool.started_at),
            heartbeat_at: time(pool.seen_at),
            concurrency: pool.slots,
            host: pool.host,
        }
    }
}

/// A place of a process, and the job that has it.
#[derive(Serialize, ToSchema)]
#[schema(as = Worker)]
struct WorkerView {
    id: String,
    pool_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_at: Option<String>,
    /// What the job told of itself last, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    check_in: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkin_at: Option<String>,
}

impl From<Slot> for WorkerView {
    fn from(slot: Slot) -> Self {
        let job = slot.job.as_ref();
        Self {
            id: format!("{}-{}", slot.pool, slot.number),
            pool_id: slot.pool.clone(),
            job_name: job.map(|job| job.kind.clone()),
            job_id: job.map(|job| job.id.to_string()),
            start_at: job.and_then(|job| job.started_at).map(time),
            check_in: job.map(|job| job.attributes.clone()).filter(|told| told != "{}"),
            checkin_at: job.map(|job| time(job.updated_at)),
        }
    }
}

/// The jobs of one kind that wait.
#[derive(Serialize, ToSchema)]
#[schema(as = JobQueue)]
struct QueueView {
    job_type: String,
    count: i64,
    /// For how many seconds the first of them waits.
    latency: u64,
    paused: bool,
}

/// How many jobs of a kind ended in one way within the hour from `time`; `outcome` is `success`, `fail`
/// or `stop`. One that is tried again counts each time.
#[derive(Serialize, ToSchema)]
#[schema(as = JobThroughput)]
struct ThroughputView {
    time: String,
    job_type: String,
    outcome: String,
    count: i64,
}

/// What to do with a queue.
#[derive(Deserialize, ToSchema)]
#[schema(as = ActionRequest)]
struct ActionRequest {
    #[serde(default)]
    action: String,
}

/// A schedule.
#[derive(Serialize, ToSchema)]
#[schema(as = ScheduleTask)]
struct ScheduleTaskView {
    id: i64,
    vendor_type: String,
    vendor_id: i64,
    cron: String,
    update_time: String,
}

impl From<Schedule> for ScheduleTaskView {
    fn from(schedule: Schedule) -> Self {
        Self {
            id: schedule.id.0,
            vendor_type: schedule.vendor_type,
            vendor_id: schedule.vendor_id,
            cron: schedule.cron,
            update_time: time(schedule.updated_at),
        }
    }
}

/// Whether schedules fire.
#[derive(Serialize, ToSchema)]
#[schema(as = SchedulerStatus)]
struct SchedulerView {
    paused: bool,
}

/// Lists the processes that run jobs (getWorkerPools).
async fn get_worker_pools(
    State(app): State<Arc<App>>,
    System(grant): System<SystemJobList>,
) -> Result<Json<Vec<PoolView>>, Failure> {
    let pools = monitor::list_pools(&app, &grant).await?;
    Ok(Json(pools.into_iter().map(PoolView::from).collect()))
}

/// Lists the places of a process (getWorkers).
async fn get_workers(
    State(app): State<Arc<App>>,
    System(grant): System<SystemJobList>,
    Path(pool): Path<String>,
) -> Result<Json<Vec<WorkerView>>, Failure> {
    let slots = monitor::list_slots(&app, &grant, &pool).await?;
    Ok(Json(slots.into_iter().map(WorkerView::from).collect()))
}

/// Stops a running job, or all (stopRunningJob).
async fn stop_running_job(
    State(app): State<Arc<App>>,
    System(grant): System<SystemJobStop>,
    Path(job): Path<String>,
) -> Result<StatusCode, Failure> {
    monitor::stop(&app, &grant, &job).await?;
    Ok(StatusCode::OK)
}

/// What a job logged (actionGetJobLog).
async fn get_job_log(
    State(app): State<Arc<App>>,
    System(grant): System<SystemJobList>,
    Path(job): Path<String>,
) -> Result<Response, Failure> {
    Ok(plain(monitor::log(&app, &grant, &job).await?))
}

/// Lists the queues (listJobQueues).
async fn list_job_queues(
    State(app): State<Arc<App>>,
    System(grant): System<SystemJobList>,
) -> Result<Json<Vec<QueueView>>, Failure> {
    let queues = monitor::list_queues(&app, &grant).await?;
    let view = |(queue, latency): (_, Option<std::time::Duration>)| {
        let minato_core::job::monitor::Queue { kind, waiting, paused, .. } = queue;
        QueueView { job_type: kind, count: waiting, latency: latency.map_or(0, |l| l.as_secs()), paused }
    };
    Ok(Json(queues.into_iter().map(view).collect()))
}

/// Empties, pauses or resumes a queue, or all (actionPendingJobs).
async fn action_pending_jobs(
    State(app): State<Arc<App>>,
    System(grant): System<SystemJobStop>,
    Path(kind): Path<String>,
    Body(asked): Body<ActionRequest>,
) -> Result<StatusCode, Failure> {
    let action = QueueAction::parse(&asked.action.to_lowercase()).ok_or_else(|| {
        Failure::new(Code::UnprocessableEntity, "action must be `stop`, `pause` or `resume`")
    })?;
    monitor::act(&app, &grant, &kind, action).await?;
    Ok(StatusCode::OK)
}

/// Tells how many jobs ended in each of the last hours (getThroughput). Harbor has nothing like it.
async fn get_throughput(
    State(app): State<Arc<App>>,
    System(grant): System<SystemJobList>,
    uri: Uri,
) -> Result<Json<Vec<ThroughputView>>, Failure> {
    let hours = count(&uri, "hours", 24, 1..=throughput::MOST_HOURS)?;
    let view = |hour: Hour| ThroughputView {
        time: time(hour.from),
        job_type: hour.kind,
        outcome: hour.outcome,
        count: hour.jobs,
    };
    Ok(Json(throughput::list(&app, &grant, hours).await?.into_iter().map(view).collect()))
}

/// Lists all schedules (listSchedules).
async fn list_schedules(
    State(app): State<Arc<App>>,
    System(grant): System<SystemJobList>,
    paging: Paging,
) -> Result<Response, Failure> {
    let page = schedule::list(&app, &grant, paging.window()).await?;
    Ok(paging.page::<_, ScheduleTaskView>(page))
}

/// Whether schedules fire (getSchedulePaused).
async fn get_schedule_paused(
    State(app): State<Arc<App>>,
    SignedIn(who): SignedIn,
    Path(kind): Path<String>,
) -> Result<Json<SchedulerView>, Failure> {
    if !kind.eq_ignore_ascii_case("all") {
        return Err(Error::invalid("job_type", "expected `all`: schedules are paused together").into());
    }
    Ok(Json(SchedulerView { paused: monitor::are_schedules_paused(&app, &who).await? }))
}
