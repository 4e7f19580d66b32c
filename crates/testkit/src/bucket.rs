//! Looking into the bucket that a test runs on, past the store.
//!
//! The store's library can't list unfinished multipart uploads, so the requests are made
//! and signed here (AWS Signature Version 4, path style).

use minato_store::s3::S3Config;
use minato_types::clock::{Clock as _, SystemClock};
use reqwest::{Client, Method};
use ring::{digest, hmac};

/// Names of the objects below the configured prefix and `folder`, without the prefix.
pub async fn list_objects(config: &S3Config, folder: &str) -> Vec<String> {
    let prefix = format!("{}/{folder}", config.prefix);
    let listing = send(config, Method::GET, "", &[("list-type", "2"), ("prefix", &prefix)], b"").await;
    names(config, &listing)
}

/// Names of the objects that unfinished multipart uploads are for.
pub async fn list_multiparts(config: &S3Config) -> Vec<String> {
    let listing = send(config, Method::GET, "", &[("prefix", &config.prefix), ("uploads", "")], b"").await;
    names(config, &listing)
}

/// Makes an object, or another of one, below the configured prefix.
pub async fn put_object(config: &S3Config, name: &str, bytes: &[u8]) {
    send(config, Method::PUT, &format!("/{}/{name}", config.prefix), &[], bytes).await;
}

/// Begins a multipart upload that nobody will end.
pub async fn begin_multipart(config: &S3Config, name: &str) {
    send(config, Method::POST, &format!("/{}/{name}", config.prefix), &[("uploads", "")], b"").await;
}

fn names(config: &S3Config, listing: &str) -> Vec<String> {
    let keys = listing.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
    keys.filter_map(|key| key.strip_prefix(&config.prefix)?.strip_prefix('/')).map(str::to_owned).collect()
}

/// `query` must be sorted.
async fn send(config: &S3Config, method: Method, path: &str, query: &[(&str, &str)], body: &[u8]) -> String {
    let endpoint = config.endpoint.as_deref().expect("an endpoint in MINATO_TEST_S3_URL");
    let (_, host) = endpoint.split_once("://").expect("a scheme in the endpoint");
    let path = format!("/{}{path}", config.bucket);
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let query = query.join("&");
    let now = jiff::Timestamp::from_second(SystemClock.now().as_secs()).unwrap();
    let (stamp, day) = (now.strftime("%Y%m%dT%H%M%SZ").to_string(), now.strftime("%Y%m%d").to_string());
    let content = hex(digest::digest(&digest::SHA256, body).as_ref());
    let signed = "host;x-amz-content-sha256;x-amz-date";
    let request = format!(
        "{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{content}\nx-amz-date:{stamp}\n\n{signed}\n{content}"
    );
    let scope = format!("{day}/{}/s3/aws4_request", config.region);
    let hash = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
    let secret = format!("AWS4{}", config.credentials.secret_access_key.expose());
    let key = [day.as_str(), &config.region, "s3", "aws4_request"]
        .iter()
        .fold(secret.into_bytes(), |key, part| sign(&key, part));
    let signature = hex(&sign(&key, &format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hash}")));
    let id = &config.credentials.access_key_id;
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={signed}, Signature={signature}");
    minato_store::s3::install_tls_provider();
    let url =
        if query.is_empty() { format!("{endpoint}{path}") } else { format!("{endpoint}{path}?{query}") };
    let request = Client::new().request(method, url).header("x-amz-content-sha256", content);
    let request = request.header("x-amz-date", stamp).header("authorization", authorization);
    let response = request.body(body.to_vec()).send().await.expect("an answer of S3");
    let (status, body) = (response.status(), response.text().await.expect("a whole answer of S3"));
    assert!(status.is_success(), "S3 answers {status}: {body}");
    body
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
