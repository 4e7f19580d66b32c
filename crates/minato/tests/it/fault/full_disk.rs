//! Database and blobs on one volume that fills up.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use minato_testkit::content::{bytes, digest};
use minato_testkit::{Image, Persona};
use serde_json::json;

use super::{check_image, put_manifest, upload};
use crate::process::{Minato, Place, attempt, not_run};

const VOLUME_MIB: u32 = 44;

/// How often which request got which status.
type Answers = BTreeMap<(&'static str, u16), u32>;

/// How to run a command with a small volume of its own in `folder`, gone with the command.
fn in_volume(flags: &'static str, folder: &str) -> [String; 6] {
    let script = format!("mount -t tmpfs -o size={VOLUME_MIB}m none {folder} && exec \"$0\" \"$@\"");
    ["unshare", flags, "--propagation=private", "sh", "-c", &script].map(str::to_owned)
}

/// The way that this machine allows, if it allows one: as root, or as root of a namespace.
fn find_way(folder: &str) -> Option<(&'static str, [String; 6])> {
    let ways = [("--mount", "--mount"), ("-rm", "--user")];
    ways.into_iter().map(|(flags, space)| (space, in_volume(flags, folder))).find(|(_, way)| {
        let mut command = Command::new(&way[0]);
        command.args(&way[1..]).arg("true").stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}

fn enlarge(minato: &Minato, space: &str, folder: &str) {
    let pid = minato.pid().to_string();
    let mut command = Command::new("nsenter");
    command.args(["--target", &pid, "--mount"]);
    if space == "--user" {
        command.args(["--user", "--preserve-credentials"]);
    }
    let size = format!("remount,size={}m", VOLUME_MIB * 3);
    assert!(command.args(["mount", "-o", &size, "none", folder]).status().unwrap().success());
}

#[tokio::test]
async fn a_full_disk_refuses_new_content_and_keeps_the_old() {
    let place = Place::local();
    let folder = place.folder.path().display().to_string();
    let Some((space, way)) = find_way(&folder) else { return not_run("no volume can be mounted here") };
    let wrapper: Vec<&str> = way.iter().map(String::as_str).collect();
    let minato = place.start_under(&wrapper, &[]).await;
    let who = minato.admin();
    let mut answers = Answers::new();
    let mut images = fill_with_blobs(&who, &[6_000_000, 4_000_000], &mut answers).await;
    let manifests = fill_with_manifests(&who, &images[0], &mut answers).await;
    images.extend(fill_with_blobs(&who, &[30_000_000, 100_000, 20_000, 4_000, 10], &mut answers).await);
    println!(
        "full disk: {} images and {} more manifests fitted; answers {answers:?}",
        images.len(),
        manifests.len()
    );
    assert!(answers.contains_key(&("blob", 507)), "{answers:?}");
    assert!(answers.contains_key(&("manifest", 507)) && !manifests.is_empty(), "{answers:?}");
    check_old(&who, &images, &manifests).await;
    who.token(&["repository:library/app:pull"]).await;

    enlarge(&minato, space, &folder);
    for seed in 900..905 {
        let image = Image::new(seed, 3);
        image.push(&who, "library/app", "after").await;
        check_image(&who, &image).await;
    }
    check_old(&who, &images, &manifests).await;
    assert_eq!(minato.health().await["status"], "healthy");
    minato.expect_no_defect();
    minato.stop().await;
}

/// Pushes blobs of each of the sizes until none fits any more.
async fn fill_with_blobs(who: &Persona, sizes: &[usize], answers: &mut Answers) -> Vec<Image> {
    let mut images = Vec::new();
    for size in sizes {
        let mut refused = 0;
        for number in 0.. {
            if refused == 3 {
                break;
            }
            let seed = *size as u64 * 1000 + number;
            let mut image = Image::new(seed, 0);
            image.blobs.push(bytes(seed, *size));
            image.manifest = manifest_of(&image.blobs, "");
            if push(who, &image, answers).await {
                images.push(image);
            } else {
                refused += 1;
            }
        }
    }
    images
}

async fn push(who: &Persona, image: &Image, answers: &mut Answers) -> bool {
    for blob in &image.blobs {
        let digest = digest(blob);
        if !is_taken("blob", attempt(upload(who, digest.as_str(), blob)).await, answers) {
            return false;
        }
    }
    is_taken("manifest", attempt(put_manifest(who, "latest", &image.manifest)).await, answers)
}

/// Fills what is left of the volume through the database, several at a time.
async fn fill_with_manifests(who: &Persona, image: &Image, answers: &mut Answers) -> Vec<Vec<u8>> {
    let mut taken = Vec::new();
    let mut refused = 0;
    for round in 0.. {
        let manifests: Vec<Vec<u8>> = (0..8)
            .map(|number| manifest_of(&image.blobs, &format!("{round}-{number}-{}", "x".repeat(60_000))))
            .collect();
        let tasks: Vec<_> = manifests
            .into_iter()
            .enumerate()
            .map(|(number, manifest)| {
                let request = put_manifest(who, &format!("m{round}-{number}"), &manifest);
                tokio::spawn(async move { (manifest, attempt(request).await) })
            })
            .collect();
        for task in tasks {
            let (manifest, answer) = task.await.unwrap();
            if is_taken("manifest", answer, answers) {
                taken.push(manifest);
            } else {
                refused += 1;
            }
        }
        if refused >= 40 {
            break;
        }
    }
    taken
}

#[track_caller]
fn is_taken(what: &'static str, answer: Option<minato_testkit::Answer>, answers: &mut Answers) -> bool {
    let answer = answer.unwrap_or_else(|| panic!("no answer to a {what} on a full disk"));
    *answers.entry((what, answer.status)).or_default() += 1;
    match answer.status {
        201 => true,
        503 | 507 => {
            assert_eq!(answer.code(), "UNAVAILABLE");
            false
        }
        status => panic!("{what}: {status}: {}", answer.text()),
    }
}

fn manifest_of(blobs: &[Vec<u8>], note: &str) -> Vec<u8> {
    let describe = |blob: &Vec<u8>| json!({ "mediaType": "application/octet-stream", "digest": digest(blob).as_str(), "size": blob.len() });
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": minato_testkit::content::IMAGE_TYPE,
        "config": describe(&blobs[0]),
        "layers": blobs[1..].iter().map(describe).collect::<Vec<_>>(),
        "annotations": { "note": note },
    });
    manifest.to_string().into_bytes()
}

async fn check_old(who: &Persona, images: &[Image], manifests: &[Vec<u8>]) {
    for image in images {
        check_image(who, image).await;
    }
    for manifest in manifests {
        let path = format!("/v2/library/app/manifests/{}", digest(manifest));
        assert!(who.get(&path).await.with_status(200).body == *manifest, "{path}");
    }
}
