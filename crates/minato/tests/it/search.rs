//! Finding projects and repositories.

use minato_testkit::TestApp;
use minato_testkit::content::Image;
use minato_types::project::Role;
use serde_json::json;

#[tokio::test]
async fn one_finds_what_one_sees() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(1, 1));
    t.project("open-web", true).await;
    t.project("secret-web", false).await;
    image.push(&admin, "open-web/shop", "1").await;
    image.push(&admin, "secret-web/shop", "1").await;
    image.push(&admin, "library/web_100", "1").await;
    let guest = t.member("guest", Role::Guest, "secret-web").await;
    let stranger = t.user("stranger").await;
    let found = async |who: &minato_testkit::Persona, q: &str| {
        let found = who.get(&format!("/api/v2.0/search?q={q}")).await.with_status(200).json();
        let names = |kind: &str, field: &str| {
            let list = found[kind].as_array().unwrap().iter();
            list.map(|one| one[field].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        (names("project", "name"), names("repository", "repository_name"))
    };
    let of = |projects: &str, repositories: &str| (projects.to_owned(), repositories.to_owned());
    let all = of("open-web secret-web", "library/web_100 open-web/shop secret-web/shop");
    assert_eq!(found(&admin, "WEB").await, all);
    assert_eq!(found(&guest, "web").await, all);
    assert_eq!(found(&stranger, "web").await, of("open-web", "library/web_100 open-web/shop"));
    assert_eq!(found(&t.anonymous(), "shop").await, of("", "open-web/shop"));
    assert_eq!(found(&admin, "_").await, of("", "library/web_100"), "no wildcard");
    assert_eq!(found(&admin, "nothing").await, of("", ""));
    let shop = admin.get("/api/v2.0/search?q=open-web/shop").await.json()["repository"][0].clone();
    assert_eq!((&shop["artifact_count"], &shop["project_public"]), (&json!(1), &json!(true)));
    assert_eq!(shop["project_name"], "open-web");
    admin.get("/api/v2.0/search").await.expect_status(422);
}
