//! Downloading blobs.

use axum::body::Body;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, LOCATION,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use minato_core::App;
use minato_core::authz::{Pull, RepoGrant};
use minato_types::digest::Digest;

use super::range::{self, Wanted};
use super::{Answer, CONTENT_DIGEST, empty, is_known, set};
use crate::codes::Code;
use crate::error::Failure;

/// How a client wants a blob.
pub(super) struct Wish<'a> {
    /// Only what is told of it.
    pub(super) head: bool,
    /// From the object store, if that can be.
    pub(super) redirectable: bool,
    /// Which part, and what the client has already.
    pub(super) headers: &'a HeaderMap,
}

/// `GET` and `HEAD` of a blob. Always as octets, whatever was pushed: a browser must not take a
/// layer for a page.
pub(super) async fn get(app: &App, grant: RepoGrant<Pull>, digest: &Digest, wish: Wish<'_>) -> Answer {
    let Wish { head, redirectable, headers } = wish;
    let blob = if head {
        minato_core::blob::probe(app, &grant, digest).await?
    } else {
        minato_core::blob::stat(app, &grant, digest).await?
    };
    if is_known(headers, digest.as_str()) {
        let mut response = empty(StatusCode::NOT_MODIFIED);
        describe(response.headers_mut(), digest);
        return Ok(response);
    }
    if redirectable && let Some(address) = minato_core::blob::redirect(app, &blob).await? {
        let mut response = empty(StatusCode::TEMPORARY_REDIRECT);
        set(response.headers_mut(), LOCATION, &address);
        set(response.headers_mut(), CONTENT_DIGEST, digest.as_str());
        return Ok(response);
    }
    let etag = format!("\"{digest}\"");
    let part = match range::wanted(headers, blob.size, &etag) {
        Wanted::Whole => None,
        Wanted::Part(part) => Some(part),
        Wanted::Unsatisfiable => return Ok(unsatisfiable(blob.size)),
    };
    let bytes = part.clone().unwrap_or(0..blob.size);
    let length = bytes.end - bytes.start;
    let body = if head || length == 0 {
        Body::empty()
    } else {
        Body::from_stream(minato_core::blob::read(app, &blob, bytes.clone()).await?)
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    describe(headers, digest);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if part.is_some() {
        set(headers, CONTENT_RANGE, &format!("bytes {}-{}/{}", bytes.start, bytes.end - 1, blob.size));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

fn describe(headers: &mut HeaderMap, digest: &Digest) {
    set(headers, CONTENT_DIGEST, digest.as_str());
    set(headers, ETAG, &format!("\"{digest}\""));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("max-age=31536000"));
}

fn unsatisfiable(size: u64) -> Response<Body> {
    let mut response = Failure::new(Code::RangeInvalid, format!("the blob has {size} bytes")).into_response();
    set(response.headers_mut(), CONTENT_RANGE, &format!("bytes */{size}"));
    response
}
