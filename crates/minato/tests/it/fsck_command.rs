//! `minato fsck` and `minato scrub` at the command line.

use std::process::Output;

use minato_testkit::content::{bytes, digest, push_blob};
use serde_json::{Value, json};

use crate::process::Place;

#[track_caller]
fn report(output: &Output, code: i32) -> Value {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{error}");
    serde_json::from_str::<Value>(&out).unwrap()["report"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_tells_and_repairs() {
    let place = Place::new().await;
    let minato = place.start(&[]).await;
    let (lost, flipped) = (bytes(1, 5000), bytes(2, 5000));
    for blob in [&lost, &flipped] {
        push_blob(&minato.admin(), "library/app", blob).await;
    }
    // Beside a server, where that is possible.
    let beside = place.run(&["fsck", "--json"]).await;
    if matches!(place.backend.database, minato_db::Options::Sqlite { .. }) {
        let told = String::from_utf8_lossy(&beside.stderr).into_owned();
        assert_eq!(beside.status.code(), Some(2), "{told}");
        assert!(told.contains("/api/v2.0/system/fsck/schedule") && told.contains("another Minato"), "{told}");
    } else {
        assert_eq!(report(&beside, 0)["blobs"], 2);
    }
    minato.stop().await;

    assert_eq!(report(&place.run(&["fsck", "--json"]).await, 0)["blobs"], 2);
    assert_eq!(report(&place.run(&["scrub", "--json", "--rate", "100"]).await, 0)["bytes"], 10_000);
    let db = minato_db::Db::open(&place.backend.database).await.unwrap();
    let rows = minato_db::check::list_by_key(&mut db.read().await.unwrap(), "", 10).await.unwrap();
    db.close().await;
    let key = |blob: &[u8]| rows.iter().find(|row| row.digest == digest(blob)).unwrap().storage_key.clone();
    let store = place.backend.store(place.folder.path());
    store.delete(&[minato_store::StorageKey(key(&lost))]).await.unwrap();
    let mut wrong = flipped.clone();
    wrong[7] ^= 1;
    place.overwrite(&key(&flipped), &wrong).await;
    assert_eq!(report(&place.run(&["fsck", "--json"]).await, 1)["found"], json!({ "missing": 1 }));
    let told = place.run(&["fsck", "--repair"]).await;
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    assert_eq!(told.status.code(), Some(1), "{text}");
    assert!(text.contains(&format!("missing: {}", digest(&lost))) && text.contains("marked"), "{text}");
    let found = report(&place.run(&["scrub", "--json"]).await, 1);
    assert_eq!(found["found"], json!({ "missing": 1, "content": 1 }));

    let minato = place.start(&[]).await;
    for blob in [&lost, &flipped] {
        let path = format!("/v2/library/app/blobs/{}", digest(blob));
        minato.admin().get(&path).await.expect_status(404);
        push_blob(&minato.admin(), "library/app", blob).await;
        assert!(minato.admin().get(&path).await.with_status(200).body == *blob);
    }
    minato.expect_no_defect();
    minato.stop().await;
    assert_eq!(report(&place.run(&["fsck", "--json"]).await, 0)["found"], json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_checked_is_not_clean() {
    let place = Place::local();
    let output = place.run(&["fsck"]).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("there is no database"), "{told}");
    place.start(&[]).await.stop().await;
    assert_eq!(report(&place.run(&["fsck", "--json"]).await, 0)["blobs"], 0);
    let folder = place.folder.path().join("storage/blobs/sha256/7f");
    std::fs::remove_dir(&folder).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    let output = place.run(&["fsck"]).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("Not a directory"), "{told}");
    assert_eq!(place.run(&["scrub", "--rate", "0"]).await.status.code(), Some(2));
    assert_eq!(
        place.run(&["fsck", "--log", "x", "--database-connections", "x"]).await.status.code(),
        Some(2)
    );
}
