//! What must not work, by class of attack, over the whole of the management API: the operations
//! come from Minato's own description, so that a new one is tried without a line here.

use minato_testkit::content::Image;
use minato_testkit::{Answer, Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::process::Place;

const API: &str = "/api/v2.0";

/// An operation of the description: method, path, and the names of its parameters in the query.
struct Operation {
    method: Method,
    path: String,
    query: Vec<String>,
}

async fn operations(t: &TestApp) -> Vec<Operation> {
    let description = t.anonymous().get("/api/openapi.json").await.with_status(200).json();
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let in_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
            found.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                query: in_query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect(),
            });
        }
    }
    assert!(found.len() > 80, "{}", found.len());
    found
}

/// The path with something that exists in each place, or with `text` in all of them.
fn filled(path: &str, text: Option<&str>) -> String {
    let known = |name: &str| match name {
        "project_name" | "project_name_or_id" => "library",
        "repository_name" => "app",
        "addition" => "build_history",
        "meta_name" => "public",
        _ => "1",
    };
    let mut parts = Vec::new();
    for part in path.split('/') {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        parts.push(name.map_or(part, |name| text.unwrap_or_else(|| known(name))));
    }
    format!("{API}{}", parts.join("/"))
}

fn expect_no_defect(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text());
}

/// Encoded for a path or a query.
const HOSTILE: &[&str] = &[
    "'%20OR%20'1'%3D'1",
    "%22%3B%20DROP%20TABLE%20users%3B%20--",
    "%27%29%3B%20DELETE%20FROM%20project%3B%20--",
    "%25",
    "_",
    "%5C",
    "..%2F..%2Fetc%2Fpasswd",
    "%24%7Bjndi%3Aldap%3A%2F%2Fx%7D",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "%0D%0Aset-cookie%3A%20a%3Db",
    "%E2%80%AE%F0%9F%92%A9%CC%81",
    "%FF%FE",
    "-1",
    "99999999999999999999999",
];

#[tokio::test]
async fn hostile_text_in_every_parameter_of_every_operation() {
    let t = TestApp::start().await;
    let admin = t.admin();
    Image::new(1, 1).push(&admin, "library/app", "1").await;
    for operation in operations(&t).await {
        for text in HOSTILE {
            let mut addresses = vec![filled(&operation.path, Some(text))];
            let path = filled(&operation.path, None);
            // Only questions: what changes something is not asked of what exists.
            if operation.method == Method::GET {
                addresses.extend(operation.query.iter().map(|name| format!("{path}?{name}={text}")));
                addresses.push(format!("{path}?q=name%3D{text}&sort={text}"));
            }
            for address in addresses {
                let answer = admin.send_json(operation.method.clone(), &address, &json!({})).await;
                expect_no_defect(&answer, &format!("{} {address}", operation.method));
                assert_eq!(answer.header("set-cookie").find("a=b"), None, "{address}");
            }
        }
    }
    // Everything is as it was.
    admin.get(&format!("{API}/users/current")).await.expect_status(200);
    admin.get("/v2/library/app/manifests/1").await.expect_status(200);
}

#[tokio::test]
async fn hostile_bodies_of_every_operation() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_fields = format!("{}1{}", "{\"metadata\":".repeat(20_000), "}".repeat(20_000));
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(20 << 20));
    let bodies = [
        "",
        "null",
        "[]",
        "3",
        "\"text\"",
        "{",
        "{\"name\":{\"a\":[]},\"project_name\":[],\"username\":{}}",
        "{\"name\":\"\\ud800\",\"project_name\":\"\\ud800\",\"username\":\"\\udfff\"}",
        "{\"name\":\"\u{202e}\u{1f4a9}\u{301}\",\"project_name\":\"\u{200b}\",\"username\":\"\u{feff}admin\"}",
        "{\"id\":1e400,\"role_id\":1.5,\"storage_limit\":1e30,\"duration\":-1e18}",
        &deep,
        &deep_fields,
        &large,
    ];
    for operation in operations(&t).await {
        if matches!(operation.method, Method::GET | Method::HEAD | Method::DELETE) {
            continue;
        }
        // Of what does not exist, so that nothing is changed but by what is made.
        let path = filled(&operation.path, Some("77"));
        for body in bodies {
            let request = admin.request(operation.method.clone(), &path);
            let request = request.header("content-type", "application/json").body(body.to_owned());
            let answer = admin.send(request).await;
            let head: String = body.chars().take(40).collect();
            expect_no_defect(&answer, &format!("{} {path} with {head}", operation.method));
        }
    }
}

#[tokio::test]
async fn what_is_not_the_callers_to_set_is_not_set() {
    let t = TestApp::start().await;
    let (admin, dev) = (t.admin(), t.user("dev").await);
    let owner = t.member("owner", Role::ProjectAdmin, "library").await;
    let id = dev.get(&format!("{API}/users/current")).await.json()["user_id"].clone();
    let user = format!("{API}/users/{id}");
    let own = json!({
        "email": "dev@example.com", "realname": "Dev", "comment": "",
        "user_id": 1, "username": "admin", "sysadmin_flag": true, "admin_role_in_auth": true, "password": "Another1password",
    });
    dev.put_json(&user, &own).await.expect_status(200);
    let project = json!({
        "metadata": { "public": "true" }, "project_id": 77, "owner_id": 1, "owner_name": "admin",
        "name": "stolen", "deleted": true, "storage_limit": 1, "repo_count": 9,
    });
    owner.put_json(&format!("{API}/projects/library"), &project).await.expect_status(200);
    let label = json!({ "name": "l", "scope": "p", "project_id": 1, "id": 77, "deleted": true });
    owner.post_json(&format!("{API}/labels"), &label).await.expect_status(201);
    let before = admin.get(&format!("{API}/projects/library")).await.json();
    for (path, pointer, expected) in [
        (user.clone(), "/username", json!("dev")),
        (user.clone(), "/sysadmin_flag", json!(false)),
        (user, "/user_id", id),
        (format!("{API}/projects/1"), "/name", json!("library")),
        (format!("{API}/projects/1"), "/owner_id", before["owner_id"].clone()),
        (format!("{API}/projects/1/summary"), "/quota/hard/storage", json!(-1)),
        (format!("{API}/labels?scope=p&project_id=1"), "/0/id", json!(1)),
    ] {
        let shown = admin.get(&path).await.with_status(200).json();
        assert_eq!(shown.pointer(pointer), Some(&expected), "{path} {pointer}");
    }
    dev.get(&format!("{API}/users/current")).await.expect_status(200);
}

/// A filter on a column that is not shown would tell it letter by letter.
#[tokio::test]
async fn what_is_not_shown_can_not_be_asked_for() {
    let t = TestApp::start().await;
    t.user("dev").await;
    t.robot("ci", "library", &["repository:pull"]).await;
    for path in ["users", "robots", "projects", "repositories", "quotas", "auditlog-exts", "usergroups"] {
        let all = t.admin().get(&format!("{API}/{path}")).await.with_status(200);
        for column in
            ["password", "password_hash", "secret", "secret_hash", "salt", "reset_uuid", "hash", "token"]
        {
            let same = |query: String| {
                let (admin, count) = (t.admin(), all.header("x-total-count").to_owned());
                async move {
                    let answer = admin.get(&format!("{API}/{path}?{query}")).await.with_status(200);
                    assert_eq!(answer.header("x-total-count"), count, "{path}?{query}");
                    answer.json()
                }
            };
            same(format!("q={column}%3D~%24argon2")).await;
            same(format!("q={column}%3Dx")).await;
            let sorted = same(format!("sort=-{column}")).await;
            assert_eq!(sorted, all.json(), "{path} by {column}");
        }
    }
}

#[tokio::test]
async fn wildcards_in_names_and_filters_are_letters() {
    let t = TestApp::start().await;
    for name in ["a_b", "axb", "a-b"] {
        t.project(name, true).await;
    }
    for (query, count) in [
        ("q=name%3D~_", "1"),
        ("q=name%3D~%25", "0"),
        ("q=name%3D~%5C", "0"),
        ("q=name%3Da_b", "1"),
        ("name=a_b", "1"),
        ("name=a%25b", "0"),
    ] {
        let answer = t.admin().get(&format!("{API}/projects?{query}")).await.with_status(200);
        assert_eq!(answer.header("x-total-count"), count, "{query}");
    }
}

/// A browser must never take stored text for a page of ours.
#[tokio::test]
async fn stored_markup_is_never_served_as_a_page() {
    const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let t = TestApp::start().await;
    let admin = t.admin();
    let config = json!({ "os": "linux", "history": [{ "created_by": MARKUP }] }).to_string().into_bytes();
    Image::build(1, 1, &json!({ "annotations": { "org.opencontainers.image.title": MARKUP } }))
        .push(&admin, "library/app", "1")
        .await;
    minato_testkit::content::push_blob(&admin, "library/app", &config).await;
    let repository = format!("{API}/projects/library/repositories/app");
    admin.put_json(&repository, &json!({ "description": MARKUP })).await.expect_status(200);
    let label = json!({ "name": "l", "scope": "g", "description": MARKUP });
    admin.post_json(&format!("{API}/labels"), &label).await.expect_status(201);
    let robot = json!({ "name": "ci", "level": "system", "duration": -1, "description": MARKUP,
        "permissions": [{ "kind": "system", "namespace": "/", "access": [{ "resource": "project", "action": "list" }] }] });
    admin.post_json(&format!("{API}/robots"), &robot).await.expect_status(201);
    let blob = format!("/v2/library/app/blobs/{}", minato_testkit::content::digest(&config));
    for path in [
        &repository,
        &format!("{repository}/artifacts/1"),
        &format!("{API}/labels?scope=g"),
        &format!("{API}/robots"),
        &format!("{API}/search?q={}", "%3Cscript%3E"),
        "/v2/library/app/manifests/1",
        &blob,
        "/v2/%3Cscript%3E/manifests/1",
        "/assets/%3Cscript%3E",
    ] {
        let answer = admin.get(path).await;
        assert!(!answer.header("content-type").contains("html"), "{path}: {}", answer.header("content-type"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    assert!(!admin.get(&repository).await.text().contains("<script"), "descriptions are kept escaped");
    // The console's page is the same for every address.
    assert_eq!(admin.get("/%3Cscript%3E").await.text(), admin.get("/").await.text());
}

/// What was given in confidence is in no answer, no line of the log and no file.
#[tokio::test]
async fn secrets_are_nowhere_to_be_found() {
    let place = Place::local();
    let minato = place.start(&[("MINATO_LOG", "debug")]).await;
    let admin = minato.admin();
    let secrets =
        ["First1Password", "Second2Password", "Wrong3Password", "Robot4Secret", "Ldap5Secret", "Oidc6Secret"];
    let mut answers = Vec::new();
    let body =
        json!({ "username": "dev", "email": "d@example.com", "realname": "D", "password": secrets[0] });
    answers.push(admin.post_json(&format!("{API}/users"), &body).await.with_status(201));
    let change = json!({ "old_password": secrets[0], "new_password": secrets[1] });
    let dev = Persona::user(minato.address(), "dev", secrets[0]);
    answers.push(dev.put_json(&format!("{API}/users/2/password"), &change).await.with_status(200));
    let dev = Persona::user(minato.address(), "dev", secrets[1]);
    answers.push(dev.get(&format!("{API}/users/current")).await.with_status(200));
    let wrong = Persona::user(minato.address(), "dev", secrets[2]);
    answers.push(wrong.get(&format!("{API}/users/current")).await.with_status(401));
    answers.push(wrong.get("/service/token?service=harbor-registry").await.with_status(401));
    let robot = json!({ "name": "ci", "level": "system", "duration": -1,
        "permissions": [{ "kind": "system", "namespace": "/", "access": [{ "resource": "project", "action": "list" }] }] });
    let made = admin.post_json(&format!("{API}/robots"), &robot).await.with_status(201).json();
    let secret = json!({ "secret": secrets[3] });
    let path = format!("{API}/robots/{}", made["id"]);
    admin.send_json(Method::PATCH, &path, &secret).await.expect_status(200);
    answers.push(admin.get(&path).await.with_status(200));
    let config = json!({ "ldap_search_password": secrets[4], "oidc_client_secret": secrets[5] });
    answers.push(admin.put_json(&format!("{API}/configurations"), &config).await.with_status(200));
    let misspelt = json!({ "oidc_client_secrets": secrets[5] });
    answers.push(admin.put_json(&format!("{API}/configurations"), &misspelt).await.with_status(400));
    for path in ["configurations", "users", "robots", "systeminfo", "auditlog-exts", "audit-logs"] {
        answers.push(admin.get(&format!("{API}/{path}")).await.with_status(200));
    }
    let log = minato.log();
    minato.stop().await;
    let database = std::fs::read(place.folder.path().join("minato.db")).unwrap();
    let given = made["secret"].as_str().unwrap();
    for secret in secrets.into_iter().chain([given]) {
        for answer in &answers {
            assert!(!answer.text().contains(secret), "{secret}: {}", answer.text());
        }
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    // What must be shown to another server again can't be a hash.
    for secret in secrets[..4].iter().copied().chain([given]) {
        let found = database.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{secret} is in the database");
    }
    assert_eq!(Value::Null, made["password"]);
}
