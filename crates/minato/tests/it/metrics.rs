//! Figures for Prometheus: that they follow what happens, under the names and labels that Harbor's
//! dashboards ask for. That Prometheus itself can read them is tried in `tests/e2e/metrics.sh`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use minato_testkit::content::Image;
use minato_testkit::{Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

/// A page of figures, each under its name with its labels as they are written.
struct Page {
    kinds: BTreeMap<String, String>,
    figures: BTreeMap<String, f64>,
}

impl Page {
    async fn read(reader: &Persona, query: &str) -> Self {
        let answer = reader.get(&format!("/metrics{query}")).await.with_status(200);
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        Self::parse(&answer.text())
    }

    /// Fails where something is told twice, or without saying first what it is.
    fn parse(text: &str) -> Self {
        let mut page = Self { kinds: BTreeMap::new(), figures: BTreeMap::new() };
        let (mut helped, mut current) = (String::new(), String::new());
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                rest.split(' ').next().unwrap().clone_into(&mut helped);
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert_eq!(helped, name, "no help");
                name.clone_into(&mut current);
                assert_eq!(page.kinds.insert(name.to_owned(), kind.to_owned()), None, "{name} twice");
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let rest = series.strip_prefix(&current).unwrap_or_else(|| panic!("{line} in {current}"));
                let end = rest.split('{').next().unwrap();
                assert!(["", "_sum", "_count", "_bucket"].contains(&end), "{line} in {current}");
                let value: f64 = value.parse().unwrap();
                assert!(page.figures.insert(series.to_owned(), value).is_none(), "{series} twice");
            }
        }
        page
    }

    #[track_caller]
    fn expect(&self, series: &str, value: f64) {
        let found = self.figures.get(series);
        assert!(found.is_some_and(|found| (found - value).abs() < 1e-9), "{series}: {found:?}, not {value}");
    }

    fn get(&self, series: &str) -> Option<f64> {
        self.figures.get(series).copied()
    }

    fn prefixes(&self) -> BTreeSet<&str> {
        self.kinds.keys().map(|name| name.split('_').next().unwrap()).collect()
    }
}

async fn flush(t: &TestApp) {
    minato_core::pull::flush(t.app()).await.unwrap();
}

#[tokio::test]
async fn requests_are_counted_by_operation() {
    let t = TestApp::start().await;
    let (reader, _stop) = t.metrics().await;
    let image = Image::new(1, 2);
    image.push(&t.admin(), "library/app", "1").await;
    for _ in 0..3 {
        t.admin().get("/v2/library/app/manifests/1").await.expect_status(200);
    }
    t.admin().get("/v2/library/app/manifests/none").await.expect_status(404);
    t.admin().get("/v2/library/app/tags/list").await.expect_status(200);
    t.admin().get("/v2/library/app/nonsense").await.expect_status(404);
    t.admin().get("/api/v2.0/projects/library/repositories/app/artifacts").await.expect_status(200);
    t.anonymous().get("/v1/nothing").await.expect_status(404);

    let page = Page::read(&reader, "?comp=core").await;
    for (method, code, operation, count) in [
        ("POST", 201, "v2_blob_upload", 3.0),
        ("PUT", 201, "v2_manifest", 1.0),
        ("GET", 200, "v2_manifest", 3.0),
        ("GET", 404, "v2_manifest", 1.0),
        ("GET", 200, "v2_tags", 1.0),
        ("GET", 404, "v2_others", 1.0),
        ("GET", 200, "listArtifacts", 1.0),
        ("GET", 404, "unknown", 1.0),
    ] {
        let labels = format!(r#"method="{method}",code="{code}",operation="{operation}""#);
        page.expect(&format!("harbor_core_http_request_total{{{labels}}}"), count);
    }
    page.expect("harbor_core_http_inflight_requests", 0.0);
    let took = "harbor_core_http_request_duration_seconds";
    let of = r#"method="GET",operation="v2_manifest""#;
    page.expect(&format!("{took}_count{{{of}}}"), 4.0);
    let [half, most] =
        ["0.5", "0.99"].map(|q| page.get(&format!(r#"{took}{{{of},quantile="{q}"}}"#)).unwrap());
    assert!(half > 0.0 && half <= most && most < 60.0, "{half} {most}");
    assert_eq!(page.kinds[took], "summary");

    let page = Page::read(&reader, "?comp=registry").await;
    let total = r#"registry_http_requests_total{code="200",handler="manifest",method="get"}"#;
    page.expect(total, 3.0);
    let took = r#"registry_http_request_duration_seconds_bucket{handler="manifest",method="get",le="+Inf"}"#;
    page.expect(took, 4.0);
    page.expect(r#"registry_http_in_flight_requests{handler="blob"}"#, 0.0);
}

#[tokio::test]
async fn a_download_is_counted_when_it_has_ended() {
    let t = TestApp::start().await;
    let (reader, _stop) = t.metrics().await;
    let blob = minato_testkit::content::bytes(1, 16 << 20);
    let digest = minato_testkit::content::push_blob(&t.admin(), "library/app", &blob).await;
    let request = t.admin().request(Method::GET, &format!("/v2/library/app/blobs/{digest}"));
    let mut download = request.send().await.unwrap();
    download.chunk().await.unwrap().unwrap();
    let counted = r#"registry_http_requests_total{code="200",handler="blob",method="get"}"#;
    let page = Page::read(&reader, "").await;
    page.expect(r#"registry_http_in_flight_requests{handler="blob"}"#, 1.0);
    page.expect("harbor_core_http_inflight_requests", 1.0);
    assert_eq!(page.get(counted), None);
    while download.chunk().await.unwrap().is_some() {}
    while Page::read(&reader, "").await.get(counted) != Some(1.0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_there_is_is_remembered_for_half_a_minute() {
    let t = TestApp::start().await;
    let _work = t.work();
    let (reader, _stop) = t.metrics().await;
    t.project("team", false).await;
    t.member("dev", Role::Developer, "team").await;
    let image = Image::new(1, 2);
    image.push(&t.admin(), "team/app", "1").await;
    t.admin().get("/v2/team/app/manifests/1").await.expect_status(200);
    flush(&t).await;
    let size: usize = image.blobs.iter().map(Vec::len).sum();
    let size = f64::from(u32::try_from(size).unwrap());

    let page = Page::read(&reader, "?comp=exporter").await;
    for (series, value) in [
        ("harbor_health", 1.0),
        (r#"harbor_up{component="database"}"#, 1.0),
        (r#"harbor_up{component="jobservice"}"#, 1.0),
        (r#"harbor_project_total{public="true"}"#, 1.0),
        (r#"harbor_project_total{public="false"}"#, 1.0),
        (r#"harbor_project_repo_total{project_name="team",public="false"}"#, 1.0),
        (r#"harbor_project_repo_total{project_name="library",public="true"}"#, 0.0),
        (r#"harbor_project_member_total{project_name="team"}"#, 2.0),
        (r#"harbor_project_quota_usage_byte{project_name="team"}"#, size),
        (r#"harbor_project_quota_byte{project_name="team"}"#, -1.0),
        (r#"harbor_project_artifact_total{project_name="team",public="false",artifact_type="IMAGE"}"#, 1.0),
        (r#"harbor_artifact_pulled{project_name="team"}"#, 1.0),
        ("harbor_statistics_total_storage_consumption", size),
        ("harbor_statistics_total_project_amount", 2.0),
        ("harbor_statistics_public_project_amount", 1.0),
        ("harbor_statistics_private_repo_amount", 1.0),
        ("harbor_statistics_public_repo_amount", 0.0),
    ] {
        page.expect(series, value);
    }
    let version = format!("v2.16.0-minato-{}", env!("CARGO_PKG_VERSION"));
    let labels = format!(r#"auth_mode="db_auth",harbor_version="{version}",self_registration="false""#);
    page.expect(&format!("harbor_system_info{{{labels}}}"), 1.0);

    image.push(&t.admin(), "team/other", "1").await;
    let repositories = r#"harbor_project_repo_total{project_name="team",public="false"}"#;
    Page::read(&reader, "?comp=exporter").await.expect(repositories, 1.0);
    t.clock().advance(Duration::from_mins(5));
    Page::read(&reader, "?comp=exporter").await.expect(repositories, 2.0);
}

#[tokio::test]
async fn reading_costs_the_same_however_much_there_is() {
    let t = TestApp::start().await;
    let (reader, _stop) = t.metrics().await;
    let cost = async || {
        let before = t.app().statements();
        Page::read(&reader, "").await;
        t.app().statements() - before
    };
    cost().await; // settings are read once
    t.clock().advance(Duration::from_mins(5));
    let (first, again) = (cost().await, cost().await);
    for n in 0..10 {
        t.project(&format!("p{n}"), true).await;
        Image::new(n, 1).push(&t.admin(), &format!("p{n}/app"), "1").await;
    }
    t.clock().advance(Duration::from_mins(5));
    assert_eq!(cost().await, first);
    // Settings as well, where other replicas may have changed them.
    assert!((again + 7..=again + 8).contains(&first), "seven are remembered: {first}, {again}");
    assert!(first <= 18, "{first}");
}

#[tokio::test]
async fn jobs_and_garbage() {
    let t = TestApp::start_untidy().await;
    let (reader, _stop) = t.metrics().await;
    let work = t.work();
    let pools = loop {
        let pools = t.admin().get("/api/v2.0/jobservice/pools").await.with_status(200).json();
        if pools != json!([]) {
            break pools;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let image = Image::new(1, 2);
    image.push(&t.admin(), "library/app", "1").await;
    let path = format!("/v2/library/app/manifests/{}", image.digest());
    t.admin().delete(&path).await.expect_status(202);
    t.clock().advance(Duration::from_hours(2));
    super::gc::collect(&t, json!({})).await;

    let page = Page::read(&reader, "?comp=jobservice").await;
    let of = r#"type="GARBAGE_COLLECTION",status="success""#;
    page.expect(&format!("harbor_jobservice_task_total{{{of}}}"), 1.0);
    let failed = r#"harbor_jobservice_task_total{type="GARBAGE_COLLECTION",status="fail"}"#;
    page.expect(failed, 0.0);
    page.expect(&format!("harbor_jobservice_task_process_time_seconds_count{{{of}}}"), 1.0);
    let info = page.figures.keys().find(|series| series.starts_with("harbor_jobservice_info{")).unwrap();
    assert!(info.contains(pools[0]["worker_pool_id"].as_str().unwrap()) && info.contains(r#"workers="10""#));

    let page = Page::read(&reader, "").await;
    page.expect("minato_gc_freed_blobs_total", 3.0);
    page.expect("minato_gc_waiting_blobs", 0.0);
    assert!(page.get("minato_gc_freed_bytes_total").unwrap() > 4096.0);
    page.expect(r#"harbor_task_queue_size{type="GARBAGE_COLLECTION"}"#, 0.0);
    page.expect("harbor_task_scheduled_total", 0.0);
    assert!(!page.figures.keys().any(|series| series.contains("SCHEDULER")));

    let queue = "/api/v2.0/jobservice/queues/GARBAGE_COLLECTION";
    t.admin().put_json(queue, &json!({ "action": "pause" })).await.expect_status(200);
    let manual = json!({ "schedule": { "type": "Manual" } });
    t.admin().post_json("/api/v2.0/system/gc/schedule", &manual).await.expect_status(201);
    t.clock().advance(Duration::from_secs(5));
    let page = Page::read(&reader, "").await;
    page.expect(r#"harbor_task_queue_size{type="GARBAGE_COLLECTION"}"#, 1.0);
    let waits = page.get(r#"harbor_task_queue_latency{type="GARBAGE_COLLECTION"}"#).unwrap();
    assert!((5.0..60.0).contains(&waits), "{waits}");
    work.stop().await;
}

#[tokio::test]
async fn each_part_by_itself_and_nothing_elsewhere() {
    let t = TestApp::start().await;
    let (reader, _stop) = t.metrics().await;
    t.admin().get("/v2/").await.expect_status(200);
    let whole = Page::read(&reader, "").await;
    let mut parts = BTreeSet::new();
    for (part, prefixes) in [
        ("core", &["harbor"][..]),
        ("registry", &["registry"]),
        ("jobservice", &["harbor"]),
        ("exporter", &["harbor"]),
        ("minato", &["minato", "process"]),
    ] {
        let page = Page::read(&reader, &format!("?comp={part}")).await;
        assert!(page.prefixes().iter().all(|prefix| prefixes.contains(prefix)), "{part}");
        for name in page.kinds.into_keys() {
            assert!(parts.insert(name.clone()), "{name} is in two parts");
        }
    }
    assert_eq!(parts, whole.kinds.keys().cloned().collect());
    reader.get("/metrics?comp=portal").await.expect_status(400);
    reader.head("/metrics").await.expect_status(200);
    reader.post_json("/metrics", &json!({})).await.expect_status(405);
    for path in ["/", "/metrics/", "/api/v2.0/ping", "/v2/"] {
        reader.get(path).await.expect_status(404);
    }
    t.admin().get("/metrics").await.expect_status(404);
    t.admin().get("/api/v2.0/metrics").await.expect_status(404);
}

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)).unwrap()
}

/// The names in the tables of the documentation, and what kind each is.
fn documented() -> BTreeMap<String, String> {
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split('|');
        let name = cells.next()?.split(['`', '{']).next()?.to_owned();
        Some((name, cells.next()?.trim().to_owned()))
    };
    file("docs/metrics.md").lines().filter_map(row).collect()
}

#[tokio::test]
async fn the_documentation_names_all_figures() {
    let t = TestApp::start().await;
    let (reader, _stop) = t.metrics().await;
    let work = t.work();
    Image::new(1, 1).push(&t.admin(), "library/app", "1").await;
    super::gc::collect(&t, json!({})).await;
    let mut told = Page::read(&reader, "").await.kinds;
    let mut documented = documented();
    // Only there while a job runs.
    told.insert("harbor_task_concurrency".to_owned(), "gauge".to_owned());
    if t.is_on_s3() {
        documented.retain(|name, _| !name.starts_with("minato_storage_"));
    }
    assert_eq!(told, documented);
    work.stop().await;
}

#[test]
fn the_dashboard_asks_for_what_there_is() {
    let dashboard: Value = serde_json::from_str(&file("deploy/grafana-dashboard.json")).unwrap();
    let documented = documented();
    let is_known = |word: &str| {
        let name =
            ["_sum", "_count", "_bucket"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        documented.contains_key(name) || documented.contains_key(word)
    };
    let mut asked = 0;
    let panels = dashboard["panels"].as_array().unwrap().iter();
    for target in panels.filter_map(|panel| panel["targets"].as_array()).flatten() {
        let words = target["expr"].as_str().unwrap().split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let ours = ["harbor_", "minato_", "registry_", "process_"];
        for word in words.filter(|word| ours.iter().any(|prefix| word.starts_with(prefix))) {
            assert!(is_known(word), "{word}");
            asked += 1;
        }
    }
    assert!(asked > 20, "{asked}");
}
