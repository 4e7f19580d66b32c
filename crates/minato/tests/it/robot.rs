//! Robot accounts: through the management API, and signing in with them.

use std::time::Duration;

use minato_testkit::content::Image;
use minato_testkit::{Persona, TestApp};
use minato_types::clock::Clock as _;
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const ROBOTS: &str = "/api/v2.0/robots";

fn access(pairs: &[&str]) -> Value {
    let one = |pair: &&str| {
        let (resource, action) = pair.split_once(':').unwrap();
        json!({ "resource": resource, "action": action, "effect": "allow" })
    };
    pairs.iter().map(one).collect()
}

fn of_project(name: &str, project: &str, pairs: &[&str]) -> Value {
    json!({
        "name": name, "level": "project", "duration": 7, "description": "for tests",
        "permissions": [{ "kind": "project", "namespace": project, "access": access(pairs) }],
    })
}

fn of_system(name: &str, system: &[&str], everywhere: &[&str]) -> Value {
    let mut permissions = Vec::new();
    if !system.is_empty() {
        permissions.push(json!({ "kind": "system", "namespace": "/", "access": access(system) }));
    }
    if !everywhere.is_empty() {
        permissions.push(json!({ "kind": "project", "namespace": "*", "access": access(everywhere) }));
    }
    json!({ "name": name, "level": "system", "duration": -1, "permissions": permissions })
}

async fn made(who: &Persona, body: &Value) -> Value {
    who.post_json(ROBOTS, body).await.with_status(201).json()
}

fn signed_in(t: &TestApp, robot: &Value) -> Persona {
    Persona::user(t.address(), robot["name"].as_str().unwrap(), robot["secret"].as_str().unwrap())
}

fn path(robot: &Value) -> String {
    format!("{ROBOTS}/{}", robot["id"])
}

async fn project_id(t: &TestApp, name: &str) -> i64 {
    t.admin().get(&format!("/api/v2.0/projects/{name}")).await.json()["project_id"].as_i64().unwrap()
}

fn names(answer: &minato_testkit::Answer) -> Vec<String> {
    let list = answer.json();
    list.as_array().unwrap().iter().map(|robot| robot["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_projects_robot_pushes_pulls_and_nothing_else() {
    // Given a robot of a private project that may push,
    let t = TestApp::start().await;
    t.project("team", false).await;
    t.project("other", false).await;
    let admin = t.member("boss", Role::ProjectAdmin, "team").await;
    let robot = signed_in(&t, &made(&admin, &of_project("ci", "team", &["repository:push"])).await);
    // when it pushes and pulls by a token, or directly, then it can, as who may push may pull;
    let image = Image::new(1, 1);
    let token = robot.with_token(&["repository:team/app:pull,push"]).await;
    image.push(&token, "team/app", "1").await;
    token.get("/v2/team/app/manifests/1").await.expect_status(200);
    image.push(&robot, "team/app", "2").await;
    robot.get("/v2/team/app/manifests/2").await.expect_status(200);
    // it can't delete, and other projects are not there.
    robot.delete("/v2/team/app/manifests/1").await.expect_status(401);
    robot.get("/v2/other/app/manifests/1").await.expect_status(401);
    robot.get("/api/v2.0/projects/team").await.expect_status(403);
    let list = robot.get("/api/v2.0/projects").await.with_status(200);
    assert_eq!(names(&list), ["library", "team"]);
    assert_eq!(robot.get("/api/v2.0/users/current").await.with_status(412).code(), "PRECONDITION");
}

#[tokio::test]
async fn a_robot_is_shown_as_harbor_does_and_never_with_its_secret() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let admin = t.admin();
    let answer = admin.post_json(ROBOTS, &of_project("ci", "team", &["repository:pull", "tag:list"])).await;
    let robot = answer.with_status(201);
    let created = robot.json();
    assert_eq!(robot.header("location"), path(&created));
    assert_eq!(created["name"], "robot$team+ci");
    let secret = created["secret"].as_str().unwrap();
    assert!(secret.len() == 32 && minato_types::user::is_acceptable_password(secret));
    let shown = admin.get(&path(&created)).await.with_status(200);
    assert!(!shown.text().contains(secret) && !shown.text().contains("argon2"));
    let shown = shown.json();
    for (field, value) in [
        ("name", json!("robot$team+ci")),
        ("level", json!("project")),
        ("description", json!("for tests")),
        ("duration", json!(7)),
        ("editable", json!(true)),
        ("disable", json!(false)),
        ("creator_type", json!("local")),
        ("creator_ref", json!(1)),
        ("expires_at", created["expires_at"].clone()),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    let permissions = json!([
        { "kind": "project", "namespace": "team", "access": access(&["repository:pull", "tag:list"]) }
    ]);
    assert_eq!(shown["permissions"], permissions);
    assert_eq!(made(&admin, &of_system("all", &["catalog:read"], &[])).await["expires_at"], -1);
    let mut default = of_system("default", &["catalog:read"], &[]);
    default.as_object_mut().unwrap().remove("duration");
    assert_eq!(admin.get(&path(&made(&admin, &default).await)).await.json()["duration"], 30);
}

#[tokio::test]
async fn lists_are_by_level_and_project() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let id = project_id(&t, "team").await;
    let admin = t.admin();
    for name in ["b", "a", "c"] {
        made(&admin, &of_project(name, "team", &["repository:pull"])).await;
    }
    made(&admin, &of_system("s", &["catalog:read"], &["repository:pull"])).await;
    let list = |q: String| {
        let admin = admin.clone();
        async move { admin.get(&format!("{ROBOTS}?{q}")).await }
    };
    assert_eq!(names(&list(String::new()).await.with_status(200)), ["robot$s"]);
    assert_eq!(names(&list("q=Level%3Dsystem".to_owned()).await), ["robot$s"]);
    let of_team = list(format!("q=Level=project,ProjectID={id}&page_size=2")).await.with_status(200);
    assert_eq!(names(&of_team), ["robot$team+a", "robot$team+b"]);
    assert_eq!(of_team.header("x-total-count"), "3");
    assert!(of_team.header("link").contains("rel=\"next\""));
    let found = list(format!("q=Level=project,ProjectID={id},name=~C&sort=-name")).await.with_status(200);
    assert_eq!(names(&found), ["robot$team+c"]);
    let exact = list(format!("q=Level=project,ProjectID={id},name=team%252Bb")).await.with_status(200);
    assert_eq!(names(&exact), ["robot$team+b"], "Harbor keeps the project in the name");
    list("q=Level=project".to_owned()).await.expect_status(400);
    list("q=Level=project,ProjectID=x".to_owned()).await.expect_status(400);
    list("q=Level=galaxy".to_owned()).await.expect_status(400);
    list("q=Level=project,ProjectID=999".to_owned()).await.expect_status(404);
}

#[tokio::test]
async fn what_a_new_robot_must_be_like() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let good = of_project("ci", "team", &["repository:pull"]);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        body
    };
    let second = good["permissions"][0].clone();
    for (body, status) in [
        (with(&|b| b["name"] = json!("CI")), 400),
        (with(&|b| b["name"] = json!("team+ci")), 400),
        (with(&|b| b["name"] = json!("")), 400),
        (with(&|b| b["level"] = json!("galaxy")), 400),
        (with(&|b| b["duration"] = json!(0)), 400),
        (with(&|b| b["duration"] = json!(-2)), 400),
        (with(&|b| b["duration"] = json!(2_147_483_648_i64)), 400),
        (with(&|b| b["duration"] = json!("7")), 422),
        (with(&|b| b["description"] = json!("x".repeat(1025))), 400),
        (with(&|b| b["permissions"] = json!([])), 400),
        (with(&|b| b["permissions"][0]["access"] = json!([])), 400),
        (with(&|b| b["permissions"] = json!([second, second])), 400),
        (with(&|b| b["permissions"][0]["namespace"] = json!("*")), 400),
        (with(&|b| b["permissions"][0]["namespace"] = json!("nowhere")), 404),
        (with(&|b| b["permissions"][0]["kind"] = json!("system")), 400),
        (with(&|b| b["permissions"][0]["access"][0]["action"] = json!("operate")), 400),
        (with(&|b| b["permissions"][0]["access"][0]["resource"] = json!("catalog")), 400),
        (with(&|b| b["permissions"][0]["access"][0]["effect"] = json!("deny")), 400),
        (of_system("x", &["project:read"], &[]), 400),
        (of_system("x", &["robot:update"], &[]), 400),
        (of_system("x", &[], &["robot:update"]), 400),
        (with(&|b| b["duration"] = json!(2_147_483_647)), 201),
        (good.clone(), 409),
    ] {
        t.admin().post_json(ROBOTS, &body).await.expect_status(status);
    }
    let refused = t.admin().post_json(ROBOTS, &of_system("x", &["a:b"], &[])).await.with_status(400);
    assert!(refused.text().contains("bad request permission: a:b"));
    // The system's names and those of each project are apart.
    made(&t.admin(), &of_system("ci", &[], &["repository:pull"])).await;
    made(&t.admin(), &of_project("ci", "library", &["repository:pull"])).await;
}

#[tokio::test]
async fn a_robot_is_changed_but_not_moved() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    t.project("other", false).await;
    let admin = t.admin();
    let created = made(&admin, &of_project("ci", "team", &["repository:pull"])).await;
    let robot = signed_in(&t, &created);
    let mut shown = admin.get(&path(&created)).await.json();
    let put = |body: Value| {
        let (admin, path) = (admin.clone(), path(&created));
        async move { admin.send_json(Method::PUT, &path, &body).await }
    };
    // When it is sent back as it is shown with a longer life, then it ends that long after its making;
    let ends = shown["expires_at"].as_i64().unwrap();
    shown["duration"] = json!(8);
    shown["permissions"][0]["access"] = access(&["repository:push"]);
    put(shown.clone()).await.expect_status(200);
    let changed = admin.get(&path(&created)).await.json();
    assert_eq!(changed["expires_at"], ends + 86_400);
    Image::new(1, 1).push(&robot, "team/app", "1").await;
    // what can't be changed is refused,
    for (field, value) in
        [("level", json!("system")), ("name", json!("robot$team+cd")), ("duration", json!(0))]
    {
        let mut body = shown.clone();
        body[field] = value;
        put(body).await.expect_status(400);
    }
    // in the same words for a project that there is and one that there is not,
    let mut answers = Vec::new();
    for namespace in ["other", "nowhere"] {
        let mut body = shown.clone();
        body["permissions"][0]["namespace"] = json!(namespace);
        answers.push(put(body).await.with_status(400).text());
    }
    assert_eq!(answers[0], answers[1]);
    // and without permissions in the body it keeps what it has.
    put(json!({ "description": "new", "disable": false })).await.expect_status(200);
    let kept = admin.get(&path(&created)).await.json();
    assert_eq!((&kept["permissions"], &kept["duration"]), (&changed["permissions"], &json!(8)));
    assert_eq!(kept["description"], "new");
}

#[tokio::test]
async fn disabled_ended_and_deleted_robots_stop_at_once() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let created = made(&admin, &of_project("ci", "library", &["repository:push"])).await;
    let robot = signed_in(&t, &created);
    robot.get("/v2/").await.expect_status(200);
    let switch = |disable: bool| {
        let (admin, path) = (admin.clone(), path(&created));
        async move {
            admin.send_json(Method::PUT, &path, &json!({ "disable": disable })).await.expect_status(200);
        }
    };
    let stopped = async || {
        for path in ["/v2/", "/api/v2.0/projects", "/service/token?service=harbor-registry"] {
            robot.get(path).await.expect_status(401);
        }
    };
    switch(true).await;
    stopped().await;
    switch(false).await;
    robot.get("/v2/").await.expect_status(200);
    let token = robot.with_token(&["repository:library/app:pull"]).await;
    t.clock().advance(Duration::from_hours(24 * 7));
    stopped().await;
    assert!(token.get("/v2/").await.status == 401, "seven days are longer than a token's time");
    let endless = made(&admin, &of_system("s", &[], &["repository:pull"])).await;
    let endless_robot = signed_in(&t, &endless);
    endless_robot.get("/v2/").await.expect_status(200);
    let token = endless_robot.with_token(&["repository:library/app:pull"]).await;
    admin.delete(&path(&endless)).await.expect_status(200);
    endless_robot.get("/v2/").await.expect_status(401);
    token.get("/v2/").await.expect_status(200);
    admin.get(&path(&endless)).await.expect_status(404);
    admin.delete(&path(&endless)).await.expect_status(404);
}

#[tokio::test]
async fn a_new_secret_lets_the_old_one_go_on_for_five_minutes() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let created = made(&admin, &of_project("ci", "library", &["repository:pull"])).await;
    let first = signed_in(&t, &created);
    let patch = |body: Value| {
        let (admin, path) = (admin.clone(), path(&created));
        async move { admin.send_json(Method::PATCH, &path, &body).await }
    };
    // When a secret is made up, then it is told, and both are good for a while.
    let made_up = patch(json!({ "secret": "" })).await.with_status(200).json();
    let second = Persona::user(t.address(), "robot$library+ci", made_up["secret"].as_str().unwrap());
    first.get("/v2/").await.expect_status(200);
    second.get("/v2/").await.expect_status(200);
    t.clock().advance(Duration::from_mins(5));
    first.get("/v2/").await.expect_status(401);
    second.get("/v2/").await.expect_status(200);
    // When one is given, then it is taken if it is good, and is not told again.
    for bad in ["short1A", "alllowercase1", "NODIGITSatall"] {
        patch(json!({ "secret": bad })).await.expect_status(400);
    }
    assert_eq!(patch(json!({ "secret": "Given1secret" })).await.with_status(200).json(), json!({}));
    Persona::user(t.address(), "robot$library+ci", "Given1secret").get("/v2/").await.expect_status(200);
    Persona::user(t.address(), "robot$library+ci", "Given1secret!").get("/v2/").await.expect_status(401);
    Persona::user(t.address(), "robot$library+no", "Given1secret").get("/v2/").await.expect_status(401);
}

#[tokio::test]
async fn a_robot_gives_no_more_than_it_has() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    t.project("other", false).await;
    let pairs = ["robot:create", "robot:read", "robot:list", "robot:delete", "repository:pull"];
    let maker = t.robot("maker", "team", &pairs).await;
    let child = made(&maker, &of_project("child", "team", &["repository:pull"])).await;
    let shown = maker.get(&path(&child)).await.with_status(200).json();
    assert_eq!(shown["creator_type"], "robot");
    for (body, status, code) in [
        (of_project("more", "team", &["repository:push"]), 403, "DENIED"),
        (of_project("more", "team", &["repository:pull", "tag:list"]), 403, "DENIED"),
        (of_project("more", "other", &["repository:pull"]), 403, "FORBIDDEN"),
        (of_system("more", &[], &["repository:pull"]), 403, "FORBIDDEN"),
    ] {
        let answer = maker.post_json(ROBOTS, &body).await.with_status(status);
        assert_eq!(answer.code(), code, "{body}");
    }
    maker.delete(&path(&child)).await.expect_status(200);

    // A robot of the system with push, but not pull, everywhere.
    let body = of_system("root", &["robot:create", "catalog:read"], &["robot:create", "repository:push"]);
    let root = t.robot_of(&body).await;
    made(&root, &of_system("sub", &["catalog:read"], &["repository:push"])).await;
    let mut elsewhere = of_system("more", &[], &["repository:push"]);
    elsewhere["permissions"][0]["namespace"] = json!("nowhere");
    for body in [
        of_system("more", &["quota:read"], &[]),
        of_system("more", &[], &["repository:pull"]),
        // In a project's own robot, push means pull.
        of_project("more", "team", &["repository:push"]),
        elsewhere,
    ] {
        assert_eq!(root.post_json(ROBOTS, &body).await.with_status(403).code(), "DENIED", "{body}");
    }
}

#[tokio::test]
async fn system_robots_reach_what_they_were_given() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    Image::new(1, 1).push(&t.admin(), "team/app", "1").await;
    let robot = t.robot_of(&of_system("reader", &["catalog:read", "user:list"], &["repository:push"])).await;
    robot.get("/v2/_catalog").await.expect_status(200);
    robot.get("/api/v2.0/users").await.expect_status(200);
    robot.get(ROBOTS).await.expect_status(403);
    robot.get("/v2/team/app/manifests/1").await.expect_status(401);
    assert_eq!(names(&robot.get("/api/v2.0/projects").await), ["library", "team"]);
    let puller = t.robot("puller", "team", &["repository:pull"]).await;
    puller.get("/v2/team/app/manifests/1").await.expect_status(200);
    // With its project goes what it was given there.
    t.project("short", false).await;
    let body = of_project("ci", "short", &["repository:pull"]);
    let gone = t.robot_of(&body).await;
    t.admin().delete("/api/v2.0/projects/short").await.expect_status(200);
    gone.get("/v2/").await.expect_status(401);
}

#[tokio::test]
async fn who_may_know_what_robots_may_be_given() {
    let t = TestApp::start().await;
    let lists = |answer: minato_testkit::Answer| {
        let json = answer.with_status(200).json();
        let length = |name: &str| json[name].as_array().map(Vec::len);
        (length("system"), length("project"))
    };
    let path = "/api/v2.0/permissions";
    assert_eq!(lists(t.admin().get(path).await), (Some(70), Some(70)));
    let boss = t.member("boss", Role::ProjectAdmin, "library").await;
    assert_eq!(lists(boss.get(path).await), (None, Some(70)));
    t.member("dev", Role::Maintainer, "library").await.get(path).await.expect_status(403);
    t.robot("r", "library", &["robot:create"]).await.get(path).await.expect_status(403);
    t.anonymous().get(path).await.expect_status(401);
}

#[tokio::test]
async fn listing_robots_takes_the_same_statements_however_many_there_are() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let mut counts = Vec::new();
    for round in 0..2 {
        for i in 0..=round * 4 {
            made(&admin, &of_system(&format!("r{round}-{i}"), &["catalog:read"], &["repository:pull"])).await;
        }
        // Settings are read anew now and then where others can change them; not while it is counted.
        t.clock().advance(Duration::from_secs(1));
        admin.get(ROBOTS).await.expect_status(200);
        let before = t.app().statements();
        admin.get(ROBOTS).await.expect_status(200);
        counts.push(t.app().statements() - before);
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn a_prefix_that_users_begin_with_locks_nobody_out() {
    // Given a prefix without `$`,
    let t = TestApp::start().await;
    let mut tx = t.db().begin().await.unwrap();
    let now = t.clock().now();
    minato_db::setting::upsert(&mut tx, "robot_name_prefix", "\"ad\"", now).await.unwrap();
    tx.commit().await.unwrap();
    t.clock().advance(Duration::from_secs(1));
    // when a robot gets the name that a user has,
    let robot = made(&t.admin(), &of_system("min", &[], &["repository:pull"])).await;
    assert_eq!(robot["name"], "admin");
    // then the user signs in as before, and the robot does not.
    let shown = t.admin().get("/api/v2.0/users/current").await.with_status(200).json();
    assert_eq!(shown["username"], "admin");
    signed_in(&t, &robot).get("/v2/").await.expect_status(401);
    let other = made(&t.admin(), &of_system("d", &[], &["repository:pull"])).await;
    signed_in(&t, &other).get("/v2/").await.expect_status(200);
}
