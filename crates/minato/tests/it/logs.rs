//! The log of a real process: files by component, ids in lines, and what no line may tell.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use minato_testkit::Persona;
use minato_testkit::app::PASSWORD;
use minato_testkit::browser::Browser;
use minato_testkit::content::Image;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::process::{Minato, Place};

/// All lines, by component.
fn read(folder: &Path) -> BTreeMap<String, Vec<Value>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().strip_suffix(".log").unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.iter().all(|line| line["component"] == name.as_str()), "{name}");
        found.insert(name, lines);
    }
    found
}

async fn start(place: &Place, more: &[(&str, &str)]) -> Minato {
    let folder = place.folder.path().join("logs");
    let mut settings = vec![("MINATO_LOG_LOCATION", folder.to_str().unwrap())];
    settings.extend(more);
    place.start(&settings).await
}

/// Does what secrets take part in; returns them.
async fn use_secrets(minato: &Minato) -> Vec<String> {
    let (admin, anonymous) = (minato.admin(), Persona::anonymous(minato.address()));
    let mut secrets = vec![PASSWORD.to_owned(), "Hunter2".to_owned()];
    let robot = json!({
        "name": "ci", "level": "project", "duration": -1,
        "permissions": [{ "kind": "project", "namespace": "library", "access": [
            { "resource": "repository", "action": "pull" }, { "resource": "repository", "action": "push" },
        ]}],
    });
    let robot = admin.post_json("/api/v2.0/robots", &robot).await.with_status(201).json();
    let (name, secret) = (robot["name"].as_str().unwrap(), robot["secret"].as_str().unwrap());
    secrets.push(secret.to_owned());
    let robot = Persona::user(minato.address(), name, secret);
    let answer = robot.token(&["repository:library/app:push,pull"]).await;
    let token = answer["token"].as_str().unwrap();
    secrets.extend(token.split('.').map(str::to_owned));
    robot.with_bearer(token).get("/v2/library/app/tags/list").await.expect_status(404);
    robot.with_bearer(&format!("{token}x")).get("/v2/library/app/tags/list").await.expect_status(401);
    for (name, password) in [("admin", "Hunter2wrong"), ("robot$library+ci", "Hunter2robot")] {
        Persona::user(minato.address(), name, password).get("/v2/").await.expect_status(401);
    }
    let user =
        json!({ "username": "dev", "email": "d@example.com", "realname": "d", "password": "Hunter2created" });
    admin.post_json("/api/v2.0/users", &user).await.expect_status(201);
    let broken = r#"{"username": "x", "password": "Hunter2broken" "#;
    admin.send_bytes(Method::POST, "/api/v2.0/users", broken).await.expect_status(415);
    for path in [
        "/api/v2.0/projects?token=Hunter2query&password=Hunter2query",
        "/v2/library/app/blobs/x?X-Amz-Signature=Hunter2signed&X-Amz-Credential=Hunter2",
        "/c/oidc/callback?code=Hunter2code&state=Hunter2state",
    ] {
        anonymous.get(path).await;
    }
    admin.get_with("/api/v2.0/projects", "user-agent", "x Bearer Hunter2agent0").await.expect_status(200);
    let hook = json!({ "name": "h", "enabled": true, "event_types": ["PUSH_ARTIFACT"], "targets": [
        { "type": "http", "address": "http://u:Hunter2hook@127.0.0.1:1/?token=Hunter2", "auth_header": "Bearer Hunter2hook" },
    ]});
    admin.post_json("/api/v2.0/projects/library/webhook/policies", &hook).await.expect_status(201);
    Image::new(1, 1).push(&robot, "library/app", "1").await;
    let mut browser = Browser::new(anonymous);
    browser.sign_in("admin", PASSWORD).await.expect_status(200);
    browser.get("/api/v2.0/users/current").await.expect_status(200);
    assert!(!browser.cookies.is_empty() && !browser.token.is_empty());
    secrets.extend(browser.cookies.into_values());
    secrets.push(browser.token);
    secrets
}

#[tokio::test]
async fn a_real_run_leaves_no_secret_in_the_log() {
    for level in ["debug", "trace"] {
        // Given a Minato that logs as much as it can,
        let place = Place::new().await;
        let minato = start(&place, &[("MINATO_LOG", level)]).await;
        // when people and robots sign in, right and wrong, and send secrets where none belong,
        let secrets = use_secrets(&minato).await;
        minato.stop().await;
        // then no line has one, in any spelling that was sent.
        let lines = read(&place.folder.path().join("logs"));
        let text = lines.values().flatten().map(Value::to_string).collect::<Vec<_>>().join("\n");
        assert!(text.contains("/c/oidc/callback?code=***") && text.contains("Bearer ***"));
        for secret in secrets {
            let leak = text.lines().find(|line| line.contains(&secret));
            assert!(leak.is_none(), "{level}: `{secret}` in {}", leak.unwrap_or_default());
        }
    }
}

#[tokio::test]
async fn lines_are_of_their_component_and_have_ids() {
    // Given a Minato that logs to files,
    let place = Place::new().await;
    let levels = "warning,access=info,registry=debug,core=debug,jobservice=debug,registryctl=debug";
    let minato = start(&place, &[("MINATO_LOG", levels)]).await;
    let id = "a-request.of-mine";
    // when something is refused in the registry and in the API, and a job runs,
    let anonymous = Persona::anonymous(minato.address());
    anonymous.get_with("/v2/library/private/tags/list", "x-request-id", id).await.expect_status(401);
    let made = json!({ "project_name": "p", "metadata": { "public": "false" } });
    minato.admin().post_json("/api/v2.0/projects", &made).await.expect_status(201);
    anonymous
        .get_with("/api/v2.0/projects/p/repositories", "x-request-id", "another")
        .await
        .expect_status(401);
    let manual = json!({ "schedule": { "type": "Manual" } });
    minato.admin().post_json("/api/v2.0/system/gc/schedule", &manual).await.expect_status(201);
    let job = loop {
        let jobs = minato.admin().get("/api/v2.0/system/gc").await.with_status(200).json();
        if jobs[0]["job_status"] == "Success" {
            break jobs[0]["id"].as_i64().unwrap();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    minato.stop().await;
    // then each line is where it belongs, with the id of what it was made in.
    let lines = read(&place.folder.path().join("logs"));
    let of = |component: &str, name: &str, value: &Value| {
        let found = lines.get(component).into_iter().flatten();
        found.filter(|line| line[name] == *value).cloned().collect::<Vec<_>>()
    };
    let answered = of("proxy", "request_id", &id.into());
    assert_eq!((answered.len(), &answered[0]["status"]), (1, &json!(401)));
    assert_eq!(answered[0]["path"], "/v2/library/private/tags/list");
    let denied = of("core", "request_id", &"another".into());
    assert!(denied.iter().any(|line| line["message"] == "denied"), "{denied:?}");
    let logged = of("jobservice", "execution", &job.into());
    assert!(logged.iter().any(|line| line["message"] == "job log" && line["task"].is_i64()), "{logged:?}");
    assert!(!lines.contains_key("database"), "{:?}", lines["database"]);
}

#[tokio::test]
async fn a_restart_goes_on_and_files_are_moved_away() {
    let place = Place::new().await;
    let settings =
        [("MINATO_LOG", "info"), ("MINATO_LOG_ROTATE_SIZE", "2k"), ("MINATO_LOG_ROTATE_COUNT", "3")];
    for _ in 0..2 {
        let minato = start(&place, &settings).await;
        for _ in 0..30 {
            minato.admin().get("/api/v2.0/ping").await.expect_status(200);
        }
        minato.stop().await;
    }
    let folder = place.folder.path().join("logs");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name.starts_with("proxy"));
    names.sort();
    assert_eq!(names, ["proxy.log", "proxy.log.1.gz", "proxy.log.2.gz", "proxy.log.3.gz"]);
    let core = std::fs::read_to_string(folder.join("core.log")).unwrap();
    assert_eq!(core.lines().filter(|line| line.contains(r#""message":"ready""#)).count(), 2);
}

#[tokio::test]
async fn a_full_disk_and_a_silent_server_hold_nothing_up() {
    // Given log files on a disk without room, and a syslog server that takes connections and never
    // reads,
    let place = Place::new().await;
    let folder = place.folder.path().join("logs");
    std::fs::create_dir(&folder).unwrap();
    std::os::unix::fs::symlink("/dev/full", folder.join("proxy.log")).unwrap();
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("tcp://{}", server.local_addr().unwrap());
    let settings = [
        ("MINATO_LOG", "debug"),
        ("MINATO_LOG_ENDPOINT", endpoint.as_str()),
        ("MINATO_METRICS_LISTEN", "127.0.0.1:0"),
    ];
    let minato = start(&place, &settings).await;
    let address = minato.log().lines().find_map(|line| {
        line.trim().strip_prefix("metrics: http://")?.strip_suffix("/metrics")?.parse().ok()
    });
    let reader = Persona::anonymous(address.unwrap());
    // when requests come, then all are answered,
    let image = Image::new(1, 1);
    image.push(&minato.admin(), "library/app", "1").await;
    for _ in 0..50 {
        minato.admin().get("/v2/library/app/manifests/1").await.expect_status(200);
    }
    // and what was lost is counted.
    let lost = async || {
        let page = reader.get("/metrics").await.with_status(200).text();
        let series = r#"minato_log_lost_lines_total{to="local"} "#;
        page.lines().find_map(|line| line.strip_prefix(series)?.parse::<f64>().ok()).unwrap()
    };
    while lost().await < 50.0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    minato.expect_no_defect();
    drop(server);
    minato.stop().await;
}
