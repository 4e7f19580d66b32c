//! Labels, and labels on artifacts.

use minato_testkit::content::Image;
use minato_testkit::{Persona, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

const LABELS: &str = "/api/v2.0/labels";

async fn make(who: &Persona, name: &str, project: Option<i64>) -> i64 {
    let scope = if project.is_some() { "p" } else { "g" };
    let body = json!({ "name": name, "color": "#FF8000", "scope": scope, "project_id": project });
    let made = who.post_json(LABELS, &body).await.with_status(201);
    made.header("location").rsplit_once('/').unwrap().1.parse().unwrap()
}

async fn project_id(t: &TestApp, name: &str) -> i64 {
    t.admin().get(&format!("/api/v2.0/projects/{name}")).await.json()["project_id"].as_i64().unwrap()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|label| label["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn for_everybody_and_for_a_project() {
    let t = TestApp::start().await;
    let admin = t.admin();
    t.project("team", false).await;
    let team = project_id(&t, "team").await;
    let maintainer = t.member("maintainer", Role::Maintainer, "team").await;
    let (global, own) = (make(&admin, "stable", None).await, make(&maintainer, "stable", Some(team)).await);
    make(&admin, "beta", None).await;

    let shown = t.anonymous().get(&format!("{LABELS}/{global}")).await.with_status(200).json();
    assert_eq!(
        (&shown["id"], &shown["scope"], &shown["color"]),
        (&json!(global), &json!("g"), &json!("#FF8000"))
    );
    assert!(shown.get("project_id").is_none() && shown.get("description").is_none());
    let list = t.anonymous().get(&format!("{LABELS}?scope=g")).await.with_status(200);
    assert_eq!((names(&list.json()), list.header("x-total-count")), (vec!["beta", "stable"], "2"));
    let found = admin.get(&format!("{LABELS}?scope=g&name=TAB&sort=-id")).await.with_status(200).json();
    assert_eq!(names(&found), ["stable"]);
    let of_team = format!("{LABELS}?scope=p&project_id={team}");
    assert_eq!(maintainer.get(&of_team).await.with_status(200).json()[0]["project_id"], team);

    let path = format!("{LABELS}/{own}");
    let change = json!({ "name": "steady", "description": "holds" });
    maintainer.send_json(Method::PUT, &path, &change).await.expect_status(200);
    let shown = maintainer.get(&path).await.with_status(200).json();
    assert_eq!(
        (&shown["name"], &shown["description"], &shown["scope"]),
        (&json!("steady"), &json!("holds"), &json!("p"))
    );
    maintainer.delete(&path).await.expect_status(200);
    maintainer.get(&path).await.expect_status(404);
}

#[tokio::test]
async fn what_is_refused() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let first = make(&admin, "first", None).await;
    make(&admin, "second", None).await;
    for body in [
        json!({ "name": "x" }),
        json!({ "name": "x", "scope": "z" }),
        json!({ "name": "x", "scope": "p" }),
        json!({ "name": " ", "scope": "g" }),
        json!({ "name": "x".repeat(129), "scope": "g" }),
        json!({ "name": "x", "scope": "g", "color": "red;position:fixed" }),
    ] {
        assert_eq!(admin.post_json(LABELS, &body).await.with_status(400).code(), "BAD_REQUEST", "{body}");
    }
    admin.get(LABELS).await.expect_status(400);
    admin.get(&format!("{LABELS}?scope=p")).await.expect_status(400);
    admin.get(&format!("{LABELS}?scope=p&project_id=999999")).await.expect_status(404);
    let taken = json!({ "name": "second", "scope": "g" });
    assert_eq!(admin.post_json(LABELS, &taken).await.with_status(409).code(), "CONFLICT");
    admin.send_json(Method::PUT, &format!("{LABELS}/{first}"), &taken).await.expect_status(409);
    admin.get(&format!("{LABELS}/999999")).await.expect_status(404);
    admin.get(&format!("{LABELS}/x")).await.expect_status(422);
}

#[tokio::test]
async fn who_may() {
    let t = TestApp::start().await;
    t.project("team", false).await;
    let team = project_id(&t, "team").await;
    let global = make(&t.admin(), "g", None).await;
    let own = make(&t.admin(), "p", Some(team)).await;
    let developer = t.member("developer", Role::Developer, "team").await;
    let stranger = t.user("stranger").await;
    let body = json!({ "name": "n", "scope": "g" });
    let of_team = json!({ "name": "n", "scope": "p", "project_id": team });
    for (who, denied, list, read, change) in
        [(t.anonymous(), 401, 401, 404, 404), (stranger, 403, 403, 404, 404), (developer, 403, 200, 200, 403)]
    {
        who.post_json(LABELS, &body).await.expect_status(denied);
        who.post_json(LABELS, &of_team).await.expect_status(denied);
        who.send_json(Method::PUT, &format!("{LABELS}/{global}"), &body).await.expect_status(denied);
        who.delete(&format!("{LABELS}/{global}")).await.expect_status(denied);
        who.get(&format!("{LABELS}?scope=p&project_id={team}")).await.expect_status(list);
        who.get(&format!("{LABELS}/{own}")).await.expect_status(read);
        who.send_json(Method::PUT, &format!("{LABELS}/{own}"), &body).await.expect_status(change);
        who.delete(&format!("{LABELS}/{own}")).await.expect_status(change);
    }
}

#[tokio::test]
async fn on_artifacts() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    t.project("team", false).await;
    image.push(&admin, "library/some/app", "1").await;
    let developer = t.member("developer", Role::Developer, "library").await;
    let guest = t.member("guest", Role::Guest, "library").await;
    let global = make(&admin, "g", None).await;
    let own = make(&admin, "p", Some(project_id(&t, "library").await)).await;
    let foreign = make(&admin, "p", Some(project_id(&t, "team").await)).await;
    let path = |reference: &str| {
        format!("/api/v2.0/projects/library/repositories/some%252Fapp/artifacts/{reference}/labels")
    };
    let (by_tag, by_digest) = (path("1"), path(image.digest().as_str()));
    let put =
        async |who: &Persona, path: &str, id: i64| who.post_json(path, &json!({ "id": id })).await.status;
    assert_eq!(put(&developer, &by_tag, global).await, 200);
    assert_eq!(put(&developer, &by_digest, own).await, 200);
    assert_eq!(put(&developer, &by_digest, global).await, 409, "twice");
    assert_eq!(put(&developer, &by_tag, foreign).await, 404);
    assert_eq!(put(&admin, &by_tag, foreign).await, 404);
    assert_eq!(put(&developer, &by_tag, 999_999).await, 404);
    assert_eq!(put(&developer, &path("2"), global).await, 404);
    assert_eq!(put(&guest, &by_tag, own).await, 403);
    assert_eq!(put(&t.anonymous(), &by_tag, own).await, 401);
    guest.delete(&format!("{by_tag}/{own}")).await.expect_status(403);
    developer.delete(&format!("{by_tag}/{own}")).await.expect_status(200);
    developer.delete(&format!("{by_tag}/{own}")).await.expect_status(404);
    // A label that is deleted is gone from artifacts, and may be put there anew.
    admin.delete(&format!("{LABELS}/{global}")).await.expect_status(200);
    developer.delete(&format!("{by_tag}/{global}")).await.expect_status(404);
    let again = make(&admin, "g", None).await;
    assert_eq!(put(&developer, &by_tag, again).await, 200);
}
