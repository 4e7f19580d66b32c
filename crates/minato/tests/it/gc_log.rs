//! What a process logs of what it collects and of what it finds damaged, and where.

use std::time::Duration;

use minato_testkit::content::{bytes, digest, push_blob};
use reqwest::Method;
use serde_json::{Value, json};

use crate::process::{Minato, Place};

/// Waits for a line of a component.
async fn line(place: &Place, component: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let path = place.folder.path().join(format!("logs/{component}.log"));
    loop {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        if let Some(found) = lines.into_iter().find(&is_it) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn start(place: &Place) -> Minato {
    let folder = place.folder.path().join("logs");
    let times = [("MINATO_GC_DELAY", "0s"), ("MINATO_GC_INTERVAL", "1s"), ("MINATO_UNDO_PERIOD", "0s")];
    let mut settings = vec![("MINATO_LOG_LOCATION", folder.to_str().unwrap())];
    settings.extend(times);
    place.start(&settings).await
}

#[tokio::test]
async fn what_was_collected_is_told_by_registryctl_and_damage_as_a_warning() {
    // Given a blob that was deleted, and one whose bytes are others than they should be,
    let place = Place::local();
    let minato = start(&place).await;
    let admin = minato.admin();
    let gone = push_blob(&admin, "library/app", &bytes(1, 1000)).await;
    admin.send_bytes(Method::DELETE, &format!("/v2/library/app/blobs/{gone}"), "").await.expect_status(202);
    let damaged = digest(&push_damaged(&place, &minato).await);
    // when time passes, then what went is in the log of what collects garbage,
    let told = line(&place, "registryctl", |line| line["message"] == "collected garbage").await;
    assert_eq!((&told["blobs"], &told["bytes"]), (&json!(1), &json!(1000)), "{told}");
    // and when all is read again, then the damage is a warning, with the job that found it.
    let manual = json!({ "schedule": { "type": "Manual" }, "parameters": { "rate": 1000 } });
    admin.post_json("/api/v2.0/system/scrub/schedule", &manual).await.expect_status(201);
    let found = line(&place, "jobservice", |line| line["blob.digest"] == damaged.as_str()).await;
    assert_eq!(found["level"], "WARN", "{found}");
    assert!(found["execution"].is_i64() && found["task"].is_i64(), "{found}");
    assert!(found["message"].as_str().unwrap().starts_with("content: "), "{found}");
    let sum = line(&place, "jobservice", |line| line["damaged"] == 1).await;
    assert_eq!(sum["level"], "WARN", "{sum}");
    minato.stop().await;
}

/// Pushes a blob and changes its bytes where they are stored.
async fn push_damaged(place: &Place, minato: &Minato) -> Vec<u8> {
    let blob = bytes(2, 1000);
    push_blob(&minato.admin(), "library/app", &blob).await;
    let hex = digest(&blob).hex().to_owned();
    let folder = place.folder.path().join("storage/blobs/sha256").join(&hex[..2]);
    let stored = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let stored = stored.into_iter().find(|path| path.to_str().unwrap().contains(&hex)).unwrap();
    std::fs::write(stored, bytes(3, 1000)).unwrap();
    blob
}
