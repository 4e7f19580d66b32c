//! Lists of artifacts: pages, order, conditions, and what they cost.

use std::time::Duration;

use minato_testkit::content::{IMAGE_TYPE, Image, push_manifest};
use minato_testkit::{Persona, TestApp};
use serde_json::{Value, json};

const ARTIFACTS: &str = "/api/v2.0/projects/library/repositories/app/artifacts";

/// Thirty images a minute apart, tagged `t0` to `t29`; every third has another `artifactType`.
async fn thirty(t: &TestApp) -> Vec<Image> {
    let mut images = Vec::new();
    for seed in 0..30 {
        let extra = if seed % 3 == 0 { json!({ "artifactType": "application/x" }) } else { json!({}) };
        let image = Image::build(seed, usize::try_from(seed % 4).unwrap(), &extra);
        image.push(&t.admin(), "library/app", &format!("t{seed}")).await;
        t.clock().advance(Duration::from_mins(1));
        images.push(image);
    }
    images
}

async fn tags(who: &Persona, query: &str) -> Vec<String> {
    let list = who.get(&format!("{ARTIFACTS}?{query}")).await.with_status(200).json();
    let name = |one: &Value| one["tags"][0]["name"].as_str().unwrap_or("").to_owned();
    list.as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn pages_orders_and_conditions() {
    let t = TestApp::start().await;
    let images = thirty(&t).await;
    let admin = t.admin();
    let newest: Vec<String> = (0..30).rev().map(|n| format!("t{n}")).collect();
    let mut seen = Vec::new();
    for page in 1..=5 {
        let found = admin.get(&format!("{ARTIFACTS}?page={page}&page_size=7")).await.with_status(200);
        assert_eq!(found.header("x-total-count"), "30");
        assert_eq!(found.header("link").contains("next"), page < 5);
        let list = found.json();
        seen.extend(
            list.as_array().unwrap().iter().map(|one| one["tags"][0]["name"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(seen, newest);
    assert_eq!(tags(&admin, "page_size=0").await.len(), 30);
    assert_eq!(tags(&admin, "").await.len(), 10);
    assert_eq!(tags(&admin, "sort=push_time&page_size=2").await, ["t0", "t1"]);
    assert_eq!(tags(&admin, "sort=-id&page_size=2").await, ["t29", "t28"]);
    let sizes: Vec<i64> = admin
        .get(&format!("{ARTIFACTS}?sort=-size&page_size=30"))
        .await
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["size"].as_i64().unwrap())
        .collect();
    assert!(sizes.is_sorted_by(|one, next| one >= next));
    for (q, expected) in [
        ("tags=t5", 1),
        ("tags=~t2", 11),
        ("tags=~T2", 0),
        ("tags=*", 30),
        ("tags=nil", 0),
        ("tags={t1 t2 none}", 2),
        ("type=IMAGE", 30),
        ("type=CHART", 0),
        ("artifact_type=application/x", 10),
        ("media_type=application/vnd.oci.image.config.v1+json", 30),
        ("labels=(77)", 0),
        ("something=else", 30),
    ] {
        let encoded = q.replace('=', "%3D").replace('+', "%252B").replace('{', "%7B").replace('}', "%7D");
        let encoded = encoded.replace(' ', "%20");
        let found = admin.get(&format!("{ARTIFACTS}?q={encoded}")).await.with_status(200);
        assert_eq!(found.header("x-total-count"), expected.to_string(), "{q}");
    }
    let digest = images[3].digest();
    assert_eq!(tags(&admin, &format!("q=digest%3D{digest}")).await, ["t3"]);
    assert_eq!(tags(&admin, &format!("q=digest%3D{{{digest} {}}}", images[4].digest())).await, ["t4", "t3"]);
    for bad in ["q=labels%3Dx", "q=size%3Dx", "q=tags", "q=tags%3D%00"] {
        admin.get(&format!("{ARTIFACTS}?{bad}")).await.expect_status(400);
    }
}

#[tokio::test]
async fn a_page_costs_the_same_whatever_is_on_it() {
    let t = TestApp::start().await;
    Image::new(100, 1).push(&t.admin(), "library/app", "first").await;
    let path = format!(
        "{ARTIFACTS}?page_size=100&with_label=true&with_immutable_status=true&with_inherited_accessory=true"
    );
    let mut counts = Vec::new();
    for _ in 0..2 {
        let before = t.app().statements();
        t.admin().get(&path).await.expect_status(200);
        t.admin().get("/api/v2.0/repositories?page_size=100").await.expect_status(200);
        counts.push(t.app().statements() - before);
        thirty(&t).await;
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn artifacts_of_a_project_and_the_newest_of_each_repository() {
    let t = TestApp::start().await;
    let admin = t.admin();
    let typed = json!({ "artifactType": "application/x" });
    for (seed, repository, extra) in
        [(1, "a", &typed), (2, "a", &typed), (3, "a", &json!({})), (4, "b", &typed), (5, "b", &json!({}))]
    {
        Image::build(seed, 1, extra)
            .push(&admin, &format!("library/{repository}"), &format!("t{seed}"))
            .await;
        t.clock().advance(Duration::from_mins(1));
    }
    let all = "/api/v2.0/projects/library/artifacts";
    let listed = admin.get(all).await.with_status(200);
    assert_eq!(listed.header("x-total-count"), "5");
    let tags = async |query: &str| {
        let list =
            admin.get(&format!("{all}?latest_in_repository=true&{query}")).await.with_status(200).json();
        let name = |one: &Value| one["tags"][0]["name"].as_str().unwrap().to_owned();
        list.as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(tags("q=artifact_type%3Dapplication/x").await, ["t4", "t2"]);
    assert_eq!(tags("q=media_type%3Dapplication/vnd.oci.image.config.v1%252Bjson").await, ["t5", "t3"]);
    for bad in ["", "q=type%3DIMAGE", "q=media_type%3Da,artifact_type%3Db"] {
        admin.get(&format!("{all}?latest_in_repository=true&{bad}")).await.expect_status(400);
    }
    let by_id = admin.get("/api/v2.0/projects/library").await.json()["project_id"].to_string();
    admin.get(&format!("/api/v2.0/projects/{by_id}/artifacts")).await.expect_status(200);
    t.anonymous().get(all).await.expect_status(401);
    t.user("somebody").await.get(all).await.expect_status(200);
}

#[tokio::test]
async fn a_manifest_without_a_tag_is_listed() {
    let t = TestApp::start().await;
    let image = Image::new(1, 1);
    image.push(&t.admin(), "library/app", "1").await;
    let other = Image::new(2, 1);
    other.push(&t.admin(), "library/app", other.digest().as_str()).await;
    push_manifest(&t.admin(), "library/app", "2", IMAGE_TYPE, &image.manifest).await.expect_status(201);
    let untagged = t.admin().get(&format!("{ARTIFACTS}?q=tags%3Dnil")).await.json();
    assert_eq!((untagged.as_array().unwrap().len(), &untagged[0]["tags"]), (1, &Value::Null));
    assert_eq!(untagged[0]["digest"], other.digest().as_str());
}
