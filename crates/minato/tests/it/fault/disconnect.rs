//! Clients that hang up at any point.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use minato_testkit::content::{IMAGE_TYPE, bytes, digest, push_blob};
use minato_testkit::{Image, Persona};
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::check_image;
use crate::process::{Place, attempt};

const CLIENTS: u64 = 50;
const VISITS: u64 = 8;
/// `admin` and the password of test users.
const AUTHORIZATION: &str = "Basic YWRtaW46Q29ycmVjdDFob3JzZQ==";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_leave_nothing_locked() {
    let place = Place::new().await;
    let minato = place.start(&[]).await;
    let (who, image) = (minato.admin(), Image::new(1, 3));
    image.push(&who, "library/app", "whole").await;
    let memory_before = minato.resident_mib();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| tokio::spawn(hang_up_often(who.clone(), minato.address(), number)))
        .collect();
    let mut resuming = Vec::new();
    for client in clients {
        let sessions = client.await.unwrap();
        resuming.push(tokio::spawn(resume_all(who.clone(), sessions)));
    }
    let mut resumed = 0;
    for client in resuming {
        resumed += client.await.unwrap();
    }
    check_image(&who, &image).await;
    let another = Image::new(2, 3);
    another.push(&who, "library/app", "after").await;
    check_image(&who, &another).await;
    assert_eq!(minato.health().await["status"], "healthy");
    minato.expect_no_defect();
    let memory = minato.resident_mib();
    println!(
        "disconnect: {} requests cut, {resumed} sessions resumed; {memory_before} MiB before, {memory} MiB after",
        CLIENTS * VISITS
    );
    assert!(memory < memory_before + 200, "{memory} MiB, {memory_before} MiB before");
    drop(who);
    minato.stop().await;
}

/// Whoever does not read what it asked for must not make us hold it.
#[tokio::test]
async fn clients_that_do_not_read_cost_no_memory() {
    const BLOB_MIB: usize = 64;
    let place = Place::new().await;
    let minato = place.start(&[]).await;
    let who = minato.admin();
    let blob = push_blob(&who, "library/app", &bytes(9, BLOB_MIB << 20)).await;
    let before = minato.resident_mib();
    let mut idle = Vec::new();
    for _ in 0..8 {
        let mut client = TcpStream::connect(minato.address()).await.unwrap();
        let request = format!(
            "GET /v2/library/app/blobs/{blob} HTTP/1.1\r\nhost: x\r\nauthorization: {AUTHORIZATION}\r\n\r\n"
        );
        client.write_all(request.as_bytes()).await.unwrap();
        // The answer has begun; the rest of it is never read.
        client.read_exact(&mut [0; 64]).await.unwrap();
        idle.push(client);
    }
    for _ in 0..20 {
        assert_eq!(minato.health().await["status"], "healthy");
    }
    let after = minato.resident_mib();
    println!("disconnect: {before} MiB before, {after} MiB with 8 clients that do not read");
    assert!(after < before + BLOB_MIB as u64, "{after} MiB, {before} MiB before");
    drop((idle, who));
    minato.stop().await;
}

/// Clients keep connections for later, some that they never used.
#[tokio::test]
async fn connections_without_a_request_do_not_delay_the_end() {
    let place = Place::new().await;
    let minato = place.start(&[("MINATO_SHUTDOWN_GRACE", "20s")]).await;
    let unused = TcpStream::connect(minato.address()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let asked = Instant::now();
    minato.stop().await;
    assert!(asked.elapsed() < Duration::from_secs(15), "it took {:?}", asked.elapsed());
    drop(unused);
}

/// Opens sessions and breaks off what it does in them; returns the sessions' locations.
async fn hang_up_often(who: Persona, address: SocketAddr, number: u64) -> Vec<String> {
    let (mut sessions, common) = (Vec::new(), &bytes(number, 200_000)[..]);
    for visit in 0..VISITS {
        let seed = number * VISITS + visit;
        let blob = [common, &seed.to_le_bytes()[..]].concat();
        let opened = attempt(who.request(Method::POST, "/v2/library/app/blobs/uploads/")).await.unwrap();
        let location = opened.with_status(202).header("location").to_owned();
        let image = Image::new(seed + 5000, 0);
        let (method, path, body) = match seed % 4 {
            0 => ("PATCH", location.clone(), blob),
            1 => ("PUT", format!("{location}?digest={}", digest(&blob)), blob),
            2 => ("PUT", "/v2/library/app/manifests/cut".to_owned(), image.manifest),
            _ => ("POST", format!("/v2/library/app/blobs/uploads/?digest={}", digest(&blob)), blob),
        };
        // Somewhere in the body, or after all of it and before the answer.
        let sent = if visit.is_multiple_of(3) {
            body.len()
        } else {
            body.len() / 10 * usize::try_from(seed % 10).unwrap()
        };
        send_part(address, method, &path, &body, sent, seed % 5).await;
        sessions.push(location);
    }
    sessions
}

async fn send_part(address: SocketAddr, method: &str, path: &str, body: &[u8], sent: usize, patience: u64) {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: {AUTHORIZATION}\r\ncontent-type: {IMAGE_TYPE}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have answered and closed already.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&body[..sent]).await;
    tokio::time::sleep(Duration::from_millis(patience * 2)).await;
}

/// Goes on with every session that was not finished; none may be held by a request that is gone.
async fn resume_all(who: Persona, sessions: Vec<String>) -> u32 {
    let mut resumed = 0;
    for location in &sessions {
        let status = who.get(location).await;
        if status.status == 404 {
            // Closed by the request that was cut off.
            continue;
        }
        status.expect_status(204);
        let asked = Instant::now();
        let mut answer = who.send_bytes(Method::PATCH, location, "more").await;
        // What had arrived may still be on its way to the store.
        while answer.status != 202 && asked.elapsed() < Duration::from_secs(10) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            answer = who.send_bytes(Method::PATCH, location, "more").await;
        }
        answer.expect_status(202);
        who.delete(location).await.expect_status(204);
        resumed += 1;
    }
    resumed
}
