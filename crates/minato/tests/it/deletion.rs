//! Deletions that can be undone: what comes back, what it counts for, and when its bytes go.

use std::time::Duration;

use minato_testkit::content::{IMAGE_TYPE, INDEX_TYPE, Image, digest, index, push_manifest};
use minato_testkit::{Answer, TestApp};
use minato_types::project::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::gc::collect;

const PROJECT: &str = "/api/v2.0/projects/library";
const APP: &str = "/api/v2.0/projects/library/repositories/app";
const PERIOD: Duration = Duration::from_hours(48);

async fn start() -> TestApp {
    TestApp::start_undoing(PERIOD).await
}

async fn deletions(t: &TestApp) -> Vec<Value> {
    let all = t.admin().get(&format!("{PROJECT}/deletions")).await.with_status(200);
    let list = all.json().as_array().unwrap().clone();
    assert_eq!(all.header("x-total-count"), list.len().to_string());
    list
}

/// Undoes the latest deletion.
async fn restore_latest(t: &TestApp) -> Answer {
    let id = deletions(t).await[0]["id"].to_string();
    t.admin().send_bytes(Method::POST, &format!("{PROJECT}/deletions/{id}/restore"), "").await
}

/// What the project's quota counts, and what deletions could give back, in bytes.
async fn quota(t: &TestApp) -> (i64, i64) {
    let quotas =
        t.admin().get("/api/v2.0/quotas?reference=project&reference_id=1").await.with_status(200).json();
    let bytes = |name: &str| quotas[0][name]["storage"].as_i64().unwrap();
    (bytes("used"), bytes("undo"))
}

fn size(image: &Image) -> i64 {
    image.blobs.iter().map(|blob| i64::try_from(blob.len()).unwrap()).sum()
}

async fn is_whole(t: &TestApp, repository: &str, reference: &str, image: &Image) {
    let manifest = t.admin().get(&format!("/v2/{repository}/manifests/{reference}")).await.with_status(200);
    assert_eq!(manifest.body, image.manifest);
    for blob in &image.blobs {
        let path = format!("/v2/{repository}/blobs/{}", digest(blob));
        assert_eq!(t.admin().get(&path).await.with_status(200).body, *blob);
    }
}

#[tokio::test]
async fn an_artifact_comes_back_as_it_was() {
    let t = start().await;
    let _work = t.work();
    let (admin, image) = (t.admin(), Image::new(1, 2));
    for tag in ["1", "latest"] {
        image.push(&admin, "library/app", tag).await;
    }
    let label = json!({ "name": "stable", "scope": "g" });
    let label =
        admin.post_json("/api/v2.0/labels", &label).await.with_status(201).header("location").to_owned();
    let label: i64 = label.rsplit('/').next().unwrap().parse().unwrap();
    admin.post_json(&format!("{APP}/artifacts/1/labels"), &json!({ "id": label })).await.expect_status(200);
    let shown = admin.get(&format!("{APP}/artifacts/1?with_label=true")).await.with_status(200).json();

    // Given that somebody deleted it some time ago, and garbage was collected,
    let maintainer = t.member("mara", Role::Maintainer, "library").await;
    maintainer.delete(&format!("{APP}/artifacts/1")).await.expect_status(200);
    t.clock().advance(Duration::from_hours(3));
    collect(&t, json!({ "delete_untagged": true })).await;
    admin.get("/v2/library/app/manifests/latest").await.expect_status(404);
    admin.get(&format!("{APP}/artifacts/{}", image.digest())).await.expect_status(404);
    assert_eq!(quota(&t).await, (0, size(&image)));
    let all = deletions(&t).await;
    let told = &all[0];
    assert_eq!(
        json!([
            told["kind"],
            told["repository"],
            told["name"],
            told["artifact_count"],
            told["size"],
            told["deleted_by"]
        ]),
        json!(["artifact", "library/app", image.digest().as_str(), 1, size(&image), "mara"])
    );
    // when the deletion is undone,
    let done = restore_latest(&t).await.with_status(200).json();
    assert_eq!(done, json!({ "artifacts": 1, "tags": 2, "tags_left": 0 }));
    // then all is as it was, and there is nothing to undo.
    is_whole(&t, "library/app", "latest", &image).await;
    let again = admin.get(&format!("{APP}/artifacts/1?with_label=true")).await.with_status(200).json();
    for same in ["digest", "push_time", "size", "labels", "extra_attrs", "type"] {
        assert_eq!(again[same], shown[same], "{same}");
    }
    assert_eq!(again["tags"].as_array().unwrap().len(), 2);
    assert_eq!(quota(&t).await, (size(&image), 0));
    assert_eq!(deletions(&t).await, Vec::<Value>::new());
    // Nothing holds the bytes but the artifact.
    admin.delete(&format!("{APP}/artifacts/1")).await.expect_status(200);
    t.clock().advance(PERIOD + Duration::from_hours(1));
    collect(&t, json!({})).await;
    t.clock().advance(Duration::from_mins(3));
    collect(&t, json!({})).await;
    assert_eq!((t.stored().await, quota(&t).await), (Vec::new(), (0, 0)));
}

#[tokio::test]
async fn a_repository_comes_back_with_indexes_and_signatures() {
    let t = start().await;
    let _work = t.work();
    let (admin, child) = (t.admin(), Image::new(2, 1));
    child.push(&admin, "library/app", child.digest().as_str()).await;
    let document = index(&[(&child.digest(), child.manifest.len())]);
    push_manifest(&admin, "library/app", "multi", INDEX_TYPE, &document).await.expect_status(201);
    let subject =
        json!({ "mediaType": INDEX_TYPE, "digest": digest(&document).as_str(), "size": document.len() });
    let extra = json!({ "subject": subject, "artifactType": "application/vnd.cncf.notary.signature" });
    let signature = Image::build(3, 1, &extra);
    signature.push(&admin, "library/app", signature.digest().as_str()).await;
    admin.put_json(APP, &json!({ "description": "what we run" })).await.expect_status(200);
    let (before, tree) = (quota(&t).await, format!("{APP}/artifacts?with_accessory=true"));
    let shown = admin.get(&tree).await.with_status(200).json();

    admin.delete(APP).await.expect_status(200);
    admin.get(APP).await.expect_status(404);
    assert_eq!(quota(&t).await, (0, before.0));
    t.clock().advance(Duration::from_hours(3));
    collect(&t, json!({})).await;

    let done = restore_latest(&t).await.with_status(200).json();
    assert_eq!(done, json!({ "artifacts": 3, "tags": 1, "tags_left": 0 }));
    assert_eq!(admin.get(APP).await.with_status(200).json()["description"], "what we run");
    let again = admin.get(&tree).await.with_status(200).json();
    let outline = |list: &Value| {
        let all = list.as_array().unwrap().iter();
        all.map(|a| json!([a["digest"], a["references"][0]["child_digest"], a["accessories"][0]["digest"]]))
            .collect::<Vec<_>>()
    };
    assert_eq!((again.as_array().unwrap().len(), outline(&again)), (1, outline(&shown)));
    is_whole(&t, "library/app", child.digest().as_str(), &child).await;
    is_whole(&t, "library/app", signature.digest().as_str(), &signature).await;
    assert_eq!(quota(&t).await, before);
}

#[tokio::test]
async fn a_tag_comes_back_unless_there_is_another() {
    let t = start().await;
    let (admin, image) = (t.admin(), Image::new(4, 1));
    image.push(&admin, "library/app", "1").await;
    image.push(&admin, "library/app", "2").await;
    admin.delete(&format!("{APP}/artifacts/2/tags/1")).await.expect_status(200);
    assert_eq!(deletions(&t).await[0]["kind"], "tag");
    restore_latest(&t).await.expect_status(200);
    is_whole(&t, "library/app", "1", &image).await;

    // By the registry protocol as well; and somebody makes it anew meanwhile.
    admin.send_bytes(Method::DELETE, "/v2/library/app/manifests/1", "").await.expect_status(202);
    let other = Image::new(5, 1);
    other.push(&admin, "library/app", "1").await;
    assert!(restore_latest(&t).await.with_status(412).text().contains("tag 1 again"));
    is_whole(&t, "library/app", "1", &other).await;
    // Undoing it can be tried again.
    assert_eq!(deletions(&t).await.len(), 1);
    // What the tag pointed to is deleted too: first that, then the tag.
    admin.delete(&format!("{APP}/artifacts/1")).await.expect_status(200);
    admin.delete(&format!("{APP}/artifacts/2")).await.expect_status(200);
    let tag = deletions(&t).await[2]["id"].to_string();
    let path = format!("{PROJECT}/deletions/{tag}/restore");
    admin.send_bytes(Method::POST, &path, "").await.expect_status(412);
    restore_latest(&t).await.expect_status(200);
    admin.send_bytes(Method::POST, &path, "").await.expect_status(200);
    is_whole(&t, "library/app", "1", &image).await;
}

#[tokio::test]
async fn what_was_pushed_again_meanwhile_stays() {
    let t = start().await;
    let _work = t.work();
    let (admin, image, other) = (t.admin(), Image::new(6, 2), Image::new(7, 1));
    image.push(&admin, "library/app", "1").await;
    image.push(&admin, "library/app", "old").await;
    admin.delete(&format!("{APP}/artifacts/1")).await.expect_status(200);
    image.push(&admin, "library/app", "new").await;
    other.push(&admin, "library/app", "1").await;
    let done = restore_latest(&t).await.with_status(200).json();
    assert_eq!(done, json!({ "artifacts": 0, "tags": 1, "tags_left": 1 }));
    for (tag, image) in [("1", &other), ("old", &image), ("new", &image)] {
        is_whole(&t, "library/app", tag, image).await;
    }
    assert_eq!(quota(&t).await, (size(&image) + size(&other), 0));
}

#[tokio::test]
async fn its_bytes_go_when_the_time_is_over_or_somebody_says_so() {
    let t = start().await;
    let _work = t.work();
    let (admin, image) = (t.admin(), Image::new(8, 2));
    let wait = async |time: Duration| {
        t.clock().advance(time);
        collect(&t, json!({})).await;
        t.clock().advance(Duration::from_mins(3));
        collect(&t, json!({})).await;
    };
    image.push(&admin, "library/app", "1").await;
    admin.delete(&format!("{APP}/artifacts/1")).await.expect_status(200);
    wait(Duration::from_hours(47)).await;
    let reasons = format!("/api/v2.0/system/gc/blobs/{}", digest(&image.blobs[0]));
    assert_eq!(admin.get(&reasons).await.json()["deletions"][0]["repository"], "library/app");
    restore_latest(&t).await.expect_status(200);

    admin.delete(&format!("{APP}/artifacts/1")).await.expect_status(200);
    let late = deletions(&t).await[0]["id"].to_string();
    t.clock().advance(PERIOD);
    // Over is over, whether or not anything was collected.
    assert_eq!(deletions(&t).await, Vec::<Value>::new());
    let path = format!("{PROJECT}/deletions/{late}/restore");
    admin.send_bytes(Method::POST, &path, "").await.expect_status(404);
    wait(Duration::ZERO).await;
    assert_eq!((t.stored().await, quota(&t).await), (Vec::new(), (0, 0)));

    // One, all, and with the project.
    for how in ["one", "all"] {
        image.push(&admin, "library/app", "1").await;
        admin.delete(APP).await.expect_status(200);
        let id = deletions(&t).await[0]["id"].to_string();
        let path =
            if how == "one" { format!("{PROJECT}/deletions/{id}") } else { format!("{PROJECT}/deletions") };
        admin.delete(&path).await.expect_status(200);
        wait(Duration::from_hours(2)).await;
        assert_eq!((t.stored().await, quota(&t).await), (Vec::new(), (0, 0)), "{how}");
    }
    t.project("team", false).await;
    image.push(&admin, "team/app", "1").await;
    admin.delete("/api/v2.0/projects/team/repositories/app").await.expect_status(200);
    admin.delete("/api/v2.0/projects/team").await.expect_status(200);
    wait(Duration::from_hours(2)).await;
    assert_eq!(t.stored().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_quota_decides_about_coming_back() {
    let t = start().await;
    let (admin, image, other) = (t.admin(), Image::new(9, 2), Image::new(10, 2));
    image.push(&admin, "library/app", "1").await;
    admin.delete(&format!("{APP}/artifacts/1")).await.expect_status(200);
    // What can be undone does not count: there is room for another.
    let hard = json!({ "hard": { "storage": size(&image) + 10 } });
    admin.put_json("/api/v2.0/quotas/1", &hard).await.expect_status(200);
    other.push(&admin, "library/app", "2").await;
    let refused = restore_latest(&t).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "DENIED"));
    admin.get("/v2/library/app/manifests/1").await.expect_status(404);
    assert_eq!(quota(&t).await, (size(&other), size(&image)));
    admin.put_json("/api/v2.0/quotas/1", &json!({ "hard": { "storage": -1 } })).await.expect_status(200);
    restore_latest(&t).await.expect_status(200);
    is_whole(&t, "library/app", "1", &image).await;
}

#[tokio::test]
async fn an_index_waits_for_what_it_lists() {
    let t = start().await;
    let (admin, child) = (t.admin(), Image::new(11, 1));
    child.push(&admin, "library/app", "child").await;
    let document = index(&[(&child.digest(), child.manifest.len())]);
    push_manifest(&admin, "library/app", "multi", INDEX_TYPE, &document).await.expect_status(201);
    admin.delete(&format!("{APP}/artifacts/multi")).await.expect_status(200);
    admin.delete(&format!("{APP}/artifacts/child")).await.expect_status(200);
    let [of_child, of_index] = &deletions(&t).await[..] else { panic!("two deletions") };
    let restore = async |deletion: &Value| {
        let path = format!("{PROJECT}/deletions/{}/restore", deletion["id"]);
        admin.send_bytes(Method::POST, &path, "").await
    };
    assert!(restore(of_index).await.with_status(412).text().contains(child.digest().as_str()));
    restore(of_child).await.expect_status(200);
    restore(of_index).await.expect_status(200);
    assert_eq!(admin.get("/v2/library/app/manifests/multi").await.body, document);
}

#[tokio::test]
async fn two_who_undo_the_same_do_it_once() {
    let t = start().await;
    let (admin, image) = (t.admin(), Image::new(12, 2));
    image.push(&admin, "library/app", "1").await;
    admin.delete(APP).await.expect_status(200);
    let path = format!("{PROJECT}/deletions/{}/restore", deletions(&t).await[0]["id"]);
    let (one, two) =
        tokio::join!(admin.send_bytes(Method::POST, &path, ""), admin.send_bytes(Method::POST, &path, ""));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    assert_eq!(quota(&t).await, (size(&image), 0));
    is_whole(&t, "library/app", "1", &image).await;
}

#[tokio::test]
async fn retention_and_the_collection_of_untagged_can_be_undone() {
    let t = start().await;
    let _work = t.work();
    let (admin, image) = (t.admin(), Image::new(13, 1));
    push_image_by_digest(&t, &image).await;
    t.clock().advance(Duration::from_hours(2));
    collect(&t, json!({ "delete_untagged": true })).await;
    admin.get(&format!("/v2/library/app/manifests/{}", image.digest())).await.expect_status(404);
    assert_eq!(deletions(&t).await[0]["deleted_by"], "GARBAGE_COLLECTION");
    restore_latest(&t).await.expect_status(200);
    is_whole(&t, "library/app", image.digest().as_str(), &image).await;
}

async fn push_image_by_digest(t: &TestApp, image: &Image) {
    let reference = image.digest().to_string();
    image.push(&t.admin(), "library/app", &reference).await;
    push_manifest(&t.admin(), "library/app", &reference, IMAGE_TYPE, &image.manifest)
        .await
        .expect_status(201);
}

#[tokio::test]
async fn a_damaged_blob_does_not_keep_the_rest_from_coming_back() {
    let t = start().await;
    let (admin, image) = (t.admin(), Image::new(15, 2));
    image.push(&admin, "library/app", "1").await;
    admin.delete(APP).await.expect_status(200);
    let lost = digest(&image.blobs[1]);
    let mut tx = t.db().begin().await.unwrap();
    let all = minato_db::check::list_by_key(&mut tx, "", 100).await.unwrap();
    let blob = all.into_iter().find(|blob| blob.digest == lost).unwrap();
    minato_db::check::mark(&mut tx, blob.id, &blob.storage_key, "missing").await.unwrap();
    tx.commit().await.unwrap();
    restore_latest(&t).await.expect_status(200);
    assert_eq!(admin.get("/v2/library/app/manifests/1").await.body, image.manifest);
    admin.get(&format!("/v2/library/app/blobs/{lost}")).await.expect_status(404);
    // The next push of its content heals it.
    image.push(&admin, "library/other", "1").await;
    is_whole(&t, "library/app", "1", &image).await;
}

#[tokio::test]
async fn more_than_a_slice_comes_back() {
    let t = start().await;
    let admin = t.admin();
    let base = Image::new(16, 1);
    base.push(&admin, "library/app", "base").await;
    copy_rows(&t, 2500).await;
    let before = quota(&t).await;
    admin.delete(APP).await.expect_status(200);
    let done = restore_latest(&t).await.with_status(200).json();
    assert_eq!(done, json!({ "artifacts": 2501, "tags": 1, "tags_left": 0 }));
    assert_eq!(quota(&t).await, before);
    let all = admin.get(&format!("{APP}/artifacts?page_size=1")).await.with_status(200);
    assert_eq!(all.header("x-total-count"), "2501");
    is_whole(&t, "library/app", "base", &base).await;
}

/// Pushes so many more images of the same layers.
async fn copy_rows(t: &TestApp, count: usize) {
    let base = Image::new(16, 1);
    let admin = t.admin();
    for n in 0..count {
        let image = Image::build(16, 1, &json!({ "annotations": { "n": n.to_string() } }));
        assert_eq!(image.blobs, base.blobs);
        let reference = image.digest().to_string();
        push_manifest(&admin, "library/app", &reference, IMAGE_TYPE, &image.manifest)
            .await
            .expect_status(201);
    }
}

#[tokio::test]
async fn deleting_and_undoing_go_together() {
    let t = start().await;
    let (admin, image, other) = (t.admin(), Image::new(17, 1), Image::new(18, 1));
    for _ in 0..10 {
        image.push(&admin, "library/app", "1").await;
        other.push(&admin, "library/app", "2").await;
        admin.delete(&format!("{APP}/artifacts/1")).await.expect_status(200);
        let path = format!("{PROJECT}/deletions/{}/restore", deletions(&t).await[0]["id"]);
        let (undone, gone) = tokio::join!(admin.send_bytes(Method::POST, &path, ""), admin.delete(APP));
        assert!(
            undone.status == 200 && matches!(gone.status, 200 | 404),
            "{} {}",
            undone.text(),
            gone.text()
        );
        let whole = admin.get("/v2/library/app/manifests/1").await.status;
        assert!(matches!(whole, 200 | 404), "{whole}");
        admin.delete(&format!("{PROJECT}/deletions")).await.expect_status(200);
    }
}

#[tokio::test]
async fn where_it_is_off_nothing_is_kept() {
    let t = TestApp::start().await;
    let (admin, image) = (t.admin(), Image::new(14, 1));
    image.push(&admin, "library/app", "1").await;
    admin.delete(APP).await.expect_status(200);
    assert_eq!(deletions(&t).await, Vec::<Value>::new());
    assert_eq!(quota(&t).await, (0, 0));
}

#[tokio::test]
async fn what_was_deleted_is_found_by_its_tags() {
    let t = start().await;
    let admin = t.admin();
    // Given an artifact that went with its tags, a tag that went alone, and a repository,
    for (n, repository, tags) in
        [(60, "app", &["v1.3.0", "Latest"][..]), (61, "app", &["v1.4.0", "next"]), (62, "big", &["v1.3.0"])]
    {
        for tag in tags {
            Image::new(n, 1).push(&admin, &format!("library/{repository}"), tag).await;
        }
    }
    admin.delete(&format!("{APP}/artifacts/v1.3.0")).await.expect_status(200);
    admin.delete(&format!("{APP}/artifacts/next/tags/v1.4.0")).await.expect_status(200);
    admin.delete(&format!("{PROJECT}/repositories/big")).await.expect_status(200);
    let found = async |asked: &str| {
        let list = admin.get(&format!("{PROJECT}/deletions?{asked}")).await.with_status(200);
        let list = list.json().as_array().unwrap().clone();
        list.iter().map(|one| json!([one["kind"], one["tags"]])).collect::<Vec<_>>()
    };
    let artifact = json!(["artifact", ["Latest", "v1.3.0"]]);
    let (tag, repository) = (json!(["tag", ["v1.4.0"]]), json!(["repository", []]));
    // when they are listed, then each tells its tags, the latest first, or the other way round,
    let latest_first = [repository.clone(), tag.clone(), artifact.clone()];
    for order in ["", "sort=-deletion_time", "sort=-creation_time", "sort=size"] {
        assert_eq!(found(order).await, latest_first, "{order}");
    }
    for order in ["sort=deletion_time", "sort=creation_time"] {
        assert_eq!(found(order).await, [artifact.clone(), tag.clone(), repository.clone()], "{order}");
    }
    // and is found by a tag, or a part of one or of the repository's name.
    assert_eq!(found("q=tags=v1.3.0").await, [repository.clone(), artifact.clone()]);
    assert_eq!(found("q=tag=v1.3.0,kind=artifact").await, std::slice::from_ref(&artifact));
    assert_eq!(found("q=tags=v1.3").await, Vec::<Value>::new());
    assert_eq!(found("q=tags=~1.4").await, [tag]);
    assert_eq!(found("q=tags=~latest").await, [artifact]);
    assert_eq!(found("q=repository=~big").await, [repository]);
    admin.get(&format!("{PROJECT}/deletions?q=tags=(a%20b)")).await.expect_status(400);
}
