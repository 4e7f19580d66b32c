//! More requests than file handles.

use std::collections::BTreeMap;
use std::time::Duration;

use minato_testkit::content::digest;
use minato_testkit::{Answer, Image, Persona};
use reqwest::Method;

use super::{check_image, expect_unavailable, upload};
use crate::process::{Minato, Place, attempt};

const CLIENTS: u64 = 120;
/// What Minato needs for itself is about 30.
const HANDLES: &str = "--nofile=64:64";

#[tokio::test]
async fn without_file_handles_it_says_come_back_later() {
    let place = Place::new().await;
    let minato = place.start_under(&["prlimit", HANDLES], &[]).await;
    let (who, image) = (minato.admin(), Image::new(1, 3));
    image.push(&who, "library/app", "old").await;
    let mut answers = BTreeMap::<u16, u32>::new();
    for round in 0..2 {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| tokio::spawn(visit(minato.admin(), image.clone(), round * CLIENTS + number)))
            .collect();
        for client in clients {
            let answer =
                tokio::time::timeout(Duration::from_mins(1), client).await.expect("no hang").unwrap();
            if !matches!(answer.status, 200..=202) {
                expect_unavailable(&answer, "without file handles");
            }
            *answers.entry(answer.status).or_default() += 1;
        }
    }
    println!("open files: answers {answers:?}");
    drop(who);
    check_recovery(&minato, &image).await;
}

/// A connection of its own that pushes a blob, or pulls one, and is slow about it.
async fn visit(who: Persona, image: Image, number: u64) -> Answer {
    let blob = [&image.blobs[1][..], &vec![0; 150_000], &number.to_le_bytes()].concat();
    let request = match number % 3 {
        0 => upload(&who, digest(&blob).as_str(), &blob),
        1 => who.request(Method::GET, &format!("/v2/library/app/blobs/{}", digest(&image.blobs[1]))),
        _ => {
            let opened = attempt(who.request(Method::POST, "/v2/library/app/blobs/uploads/")).await.unwrap();
            if opened.status != 202 {
                return opened;
            }
            tokio::time::sleep(Duration::from_millis(number % 300)).await;
            who.request(Method::PATCH, opened.header("location")).body(blob)
        }
    };
    attempt(request).await.expect("an answer")
}

async fn check_recovery(minato: &Minato, image: &Image) {
    let who = minato.admin();
    check_image(&who, image).await;
    for seed in 10..15 {
        let image = Image::new(seed, 3);
        image.push(&who, "library/app", "new").await;
        check_image(&who, &image).await;
    }
    assert_eq!(minato.health().await["status"], "healthy");
    minato.expect_no_defect();
}
