//! The audit log: what is recorded, who may see it, and where it is sent on.

use std::time::Duration;

use minato_core::Background;
use minato_testkit::content::Image;
use minato_testkit::{Answer, Persona, TestApp};
use minato_types::clock::Clock as _;
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::process::Place;

const LOG: &str = "/api/v2.0/auditlog-exts";

async fn configure(t: &TestApp, changes: Value) {
    let admin = t.admin();
    let request =
        admin.request(Method::PUT, "/api/v2.0/configurations").header("content-type", "application/json");
    admin.send(request.body(changes.to_string())).await.expect_status(200);
}

/// Asks for entries once all that was noted is written.
async fn read(t: &TestApp, who: &Persona, path: &str) -> Answer {
    minato_core::audit::flush(t.app()).await.unwrap();
    who.get(path).await.with_status(200)
}

/// Entries in short, newest first: `admin create project team true`.
fn lines(answer: &Answer) -> Vec<String> {
    let line = |entry: &Value| {
        let texts =
            ["username", "operation", "resource_type", "resource"].map(|name| entry[name].as_str().unwrap());
        format!("{} {}", texts.join(" "), entry["operation_result"])
    };
    answer.json().as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn what_is_done_and_tried_is_recorded() {
    // Given a project with a guest,
    let t = TestApp::start().await;
    let (admin, guest) = (t.admin(), t.member("guest", Role::Guest, "library").await);
    t.project("team", false).await;
    // when things are done, and others tried in vain,
    let image = Image::new(1, 1);
    image.push(&admin, "library/app", "1").await;
    guest.get("/v2/library/app/manifests/1").await.expect_status(200);
    guest.delete("/v2/library/app/manifests/1").await.expect_status(401);
    admin.delete("/v2/library/app/manifests/1").await.expect_status(202);
    admin.delete("/v2/library/app/manifests/1").await.expect_status(404);
    admin.delete(&format!("/v2/library/app/manifests/{}", image.digest())).await.expect_status(202);
    guest.delete("/api/v2.0/projects/library").await.expect_status(403);
    guest.post_json("/api/v2.0/users", &json!({ "username": "x" })).await.expect_status(403);
    admin.post_json("/api/v2.0/projects", &json!({ "project_name": "team" })).await.expect_status(409);
    admin.delete("/api/v2.0/projects/team").await.expect_status(200);
    guest.get("/service/token?service=harbor-registry").await.expect_status(200);
    Persona::user(t.address(), "guest", "Wrong1horse").get("/v2/").await.expect_status(401);
    // then the log tells so, newest first.
    let digest = image.digest();
    let answer = read(&t, &admin, &format!("{LOG}?page_size=50")).await;
    let deleted = format!("admin delete artifact library/app@{digest} true");
    assert_eq!(
        lines(&answer),
        [
            "guest login user guest false",
            "guest login user guest true",
            "admin delete project team true",
            "admin create project team false",
            "guest create user  false",
            "guest delete project library false",
            deleted.as_str(),
            "admin delete tag library/app:1 false",
            "admin delete tag library/app:1 true",
            "guest delete repository library/app false",
            "guest pull artifact library/app:1 true",
            "admin create artifact library/app:1 true",
            "admin create project team true",
            "admin create member library true",
            "admin create user guest true",
        ]
    );
    let newest = &answer.json()[0];
    assert_eq!(newest["operation_description"], "login user: guest");
    assert!(newest["op_time"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn who_is_gone_is_still_named() {
    // Given a user and a robot of a project,
    let t = TestApp::start().await;
    let admin = t.admin();
    let user = json!({
        "username": "left", "email": "left@example.com", "realname": "left", "password": "Strong1horse"
    });
    let made = admin.post_json("/api/v2.0/users", &user).await.with_status(201);
    let user = made.header("location");
    let access = json!([{ "resource": "repository", "action": "pull" }]);
    let robot = json!({
        "name": "ci", "level": "project", "duration": 1,
        "permissions": [{ "kind": "project", "namespace": "library", "access": access }]
    });
    let robot = admin.post_json("/api/v2.0/robots", &robot).await.with_status(201).json()["id"].to_string();
    // when they are deleted,
    admin.delete(user).await.expect_status(200);
    admin.delete(&format!("/api/v2.0/robots/{robot}")).await.expect_status(200);
    admin.delete("/api/v2.0/users/999").await.expect_status(404);
    // then the log tells them by the names that people know, the robot in its project's.
    let all = lines(&read(&t, &admin, LOG).await);
    assert_eq!(
        all[..5],
        [
            "admin delete user 999 false",
            "admin delete robot robot$library+ci true",
            "admin delete user left true",
            "admin create robot robot$library+ci true",
            "admin create user left true",
        ]
    );
    let own = lines(&read(&t, &admin, "/api/v2.0/projects/library/auditlog-exts").await);
    assert_eq!(own, [all[1].as_str(), &all[3]]);
}

#[tokio::test]
async fn secrets_are_not() {
    let t = TestApp::start().await;
    configure(&t, json!({ "ldap_search_password": "Hunter2hunter2", "session_timeout": 5 })).await;
    Persona::user(t.address(), "admin", "Hunter2wrong").get("/v2/").await.expect_status(401);
    // Names of callers may be anything.
    Persona::user(t.address(), &"ä\n\"".repeat(3000), "x").get("/v2/").await.expect_status(401);
    let text = read(&t, &t.admin(), LOG).await.text();
    assert!(text.contains("session_timeout=5") && text.contains("ldap_search_password=***"), "{text}");
    assert!(!text.contains("Hunter2"), "{text}");
}

#[tokio::test]
async fn each_sees_what_happened_where_it_may_read_the_log() {
    let t = TestApp::start().await;
    for name in ["mine", "other"] {
        t.project(name, false).await;
        Image::new(1, 1).push(&t.admin(), &format!("{name}/app"), "1").await;
    }
    let owner = t.member("owner", Role::ProjectAdmin, "mine").await;
    let guest = t.member("guest", Role::Maintainer, "mine").await;
    let of_mine = [
        "admin create member mine true",
        "admin create member mine true",
        "admin create artifact mine/app:1 true",
        "admin create project mine true",
    ];
    let seen = read(&t, &owner, LOG).await;
    assert_eq!(seen.header("x-total-count"), "4");
    assert_eq!(lines(&seen), of_mine);
    assert_eq!(lines(&read(&t, &guest, LOG).await), [""; 0], "only project administrators");
    t.anonymous().get(LOG).await.expect_status(401);

    let path = "/api/v2.0/projects/mine/auditlog-exts";
    assert_eq!(lines(&read(&t, &owner, path).await), of_mine);
    guest.get(path).await.expect_status(403);
    t.anonymous().get(path).await.expect_status(401);
    owner.get("/api/v2.0/projects/other/auditlog-exts").await.expect_status(403);
    t.admin().get("/api/v2.0/projects/none/auditlog-exts").await.expect_status(404);
    let other = read(&t, &t.admin(), "/api/v2.0/projects/other/auditlog-exts?q=operation=create").await;
    assert_eq!(other.json().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_older_lists_have_what_succeeded() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    t.admin().post_json("/api/v2.0/projects", &json!({ "project_name": "team" })).await.expect_status(409);
    for path in ["/api/v2.0/audit-logs", "/api/v2.0/projects/team/logs"] {
        let answer = read(&t, &t.admin(), path).await;
        assert_eq!(answer.header("x-total-count"), "1", "{path}");
        let entry = answer.json()[0].clone();
        assert_eq!((&entry["operation"], &entry["resource"]), (&json!("create"), &json!("team")));
        assert!(entry.get("operation_result").is_none() && entry.get("operation_description").is_none());
    }
}

#[tokio::test]
async fn entries_can_be_searched_and_sorted() {
    let t = TestApp::start().await;
    let started = t.clock().now().as_secs();
    for name in ["p1", "p2", "p3"] {
        t.project(name, false).await;
        t.clock().advance(Duration::from_mins(1));
    }
    t.admin().post_json("/api/v2.0/projects", &json!({ "project_name": "p1" })).await.expect_status(409);
    let admin = t.admin();
    let later = started + 30;
    for (query, expected) in [
        ("q=resource=p2", vec!["p2"]),
        ("q=resource=~P", vec!["p1", "p3", "p2", "p1"]),
        ("q=resource_type=project,operation_result=true&sort=op_time", vec!["p1", "p2", "p3"]),
        ("q=operation_result=false", vec!["p1"]),
        ("q=username=nobody", vec![]),
        ("q=operation=create&sort=resource&page_size=2", vec!["p1", "p1"]),
        (&format!("q=op_time=[~{later}]"), vec!["p1"]),
        ("q=unknown=1&page=2&page_size=3", vec!["p1"]),
    ] {
        let answer = read(&t, &admin, &format!("{LOG}?{query}")).await.json();
        let found: Vec<_> =
            answer.as_array().unwrap().iter().map(|entry| entry["resource"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{query}");
    }
    admin.get(&format!("{LOG}?q=op_time=yesterday")).await.expect_status(400);
}

#[tokio::test]
async fn types_can_be_switched_off() {
    let t = TestApp::start().await;
    let types = t.admin().get(&format!("{LOG}/events")).await.with_status(200).json();
    assert_eq!(types.as_array().unwrap().len(), 18);
    assert!(types.as_array().unwrap().contains(&json!({ "event_type": "pull_artifact" })));
    t.user("dev").await.get(&format!("{LOG}/events")).await.expect_status(403);
    let off = json!({ "disabled_audit_log_event_types": "create_project", "pull_audit_log_disable": true });
    configure(&t, off).await;
    minato_core::audit::flush(t.app()).await.unwrap();
    t.project("team", true).await;
    Image::new(1, 1).push(&t.admin(), "team/app", "1").await;
    t.admin().get("/v2/team/app/manifests/1").await.expect_status(200);
    let seen = read(&t, &t.admin(), &format!("{LOG}?q=resource=~team")).await;
    assert_eq!(lines(&seen), ["admin create artifact team/app:1 true"]);
}

#[tokio::test]
async fn entries_are_sent_on_and_a_server_that_was_away_is_found_again() {
    // Given a syslog server, and a database that is not to be written to,
    let t = TestApp::start().await;
    let listener = listen_low().await;
    let address = listener.local_addr().unwrap();
    let background = Background::start(t.app());
    let endpoint =
        json!({ "audit_log_forward_endpoint": address.to_string(), "skip_audit_log_database": true });
    configure(&t, endpoint).await;
    // when something happens, then the server is told,
    t.project("team", true).await;
    listener.accept().await.unwrap(); // Whether it is there was tried when it was set.
    let (mut stream, _) = listener.accept().await.unwrap();
    let text = read_until(&mut stream, "create project: team").await;
    assert!(text.contains("<14>1 ") && text.contains("operator=\"admin\""), "{text}");
    // also after it was away,
    drop((stream, listener));
    t.project("while-away", true).await;
    let listener = TcpListener::bind(address).await.unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    t.project("again", true).await;
    read_until(&mut stream, "create project: again").await;
    // and the log here has nothing.
    background.stop().await;
    assert_eq!(lines(&read(&t, &t.admin(), LOG).await), [""; 0]);
}

/// Listens where nobody else does by chance once it is free again: below the range that the system takes
/// ports from.
async fn listen_low() -> TcpListener {
    let first = 30_000 + u16::try_from(std::process::id() % 2_000).unwrap();
    for port in first..32_768 {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return listener;
        }
    }
    panic!("no port is free");
}

async fn read_until(stream: &mut tokio::net::TcpStream, wanted: &str) -> String {
    let mut text = String::new();
    let reading = async {
        let mut buffer = [0; 4096];
        while !text.contains(wanted) {
            let n = stream.read(&mut buffer).await.unwrap();
            assert_ne!(n, 0, "closed after {text}");
            text.push_str(std::str::from_utf8(&buffer[..n]).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reading).await.unwrap_or_else(|_| panic!("no `{wanted}`"));
    text
}

#[tokio::test]
async fn a_burst_is_written_by_a_few_statements() {
    let t = TestApp::start().await;
    let admin = t.admin();
    for i in 0..100 {
        admin.delete(&format!("/v2/library/app/manifests/{i}")).await.expect_status(404);
    }
    let before = t.app().statements();
    minato_core::audit::flush(t.app()).await.unwrap();
    assert!(t.app().statements() - before <= 4);
    let tried = read(&t, &admin, &format!("{LOG}?q=operation=delete")).await;
    assert_eq!(tried.header("x-total-count"), "100");
}

#[tokio::test]
async fn the_same_pulls_of_a_moment_are_counted_in_one_entry() {
    // Given an image under two tags, and two who may pull it,
    let t = TestApp::start().await;
    let guest = t.member("guest", Role::Guest, "library").await;
    for tag in ["1", "2"] {
        Image::new(1, 1).push(&t.admin(), "library/app", tag).await;
    }
    // when they pull it some times,
    for (who, tag, times) in [(t.admin(), "1", 100), (t.admin(), "2", 1), (guest, "1", 3)] {
        let token = who.with_token(&["repository:library/app:pull"]).await;
        for _ in 0..times {
            token.get(&format!("/v2/library/app/manifests/{tag}")).await.expect_status(200);
        }
    }
    // then there is an entry for each of them and each tag, which tells how often.
    let pulls = read(&t, &t.admin(), &format!("{LOG}?q=operation=pull&sort=id")).await.json();
    let told: Vec<String> = pulls
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| format!("{}: {}", entry["username"], entry["operation_description"]).replace('"', ""))
        .collect();
    assert_eq!(
        told,
        [
            "admin: pull artifact: library/app:1; 100 times",
            "admin: pull artifact: library/app:2",
            "guest: pull artifact: library/app:1; 3 times",
        ]
    );
}

#[tokio::test]
async fn what_was_answered_is_in_the_log_after_a_stop() {
    let place = Place::new().await;
    let minato = place.start(&[]).await;
    for i in 0..20 {
        let body = json!({ "project_name": format!("p{i}") });
        minato.admin().post_json("/api/v2.0/projects", &body).await.expect_status(201);
    }
    minato.stop().await;
    let minato = place.start(&[]).await;
    let answer = minato.admin().get(&format!("{LOG}?q=operation=create")).await.with_status(200);
    assert_eq!(answer.header("x-total-count"), "20");
    minato.expect_no_defect();
}
