//! Pushing and pulling manifests.

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use minato_core::authz::{Pull, Push, RepoGrant, RepositoryDelete};
use minato_core::manifest::NewManifest;
use minato_core::{App, pull, scan, trust};
use minato_types::manifest::MAX_MANIFEST_BYTES;
use minato_types::reference::{Reference, Tag};

use super::{Answer, CONTENT_DIGEST, Refusal, empty, is_known, set};
use crate::codes::Code;
use crate::error::Failure;

const OCI_SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
const OCI_TAG: HeaderName = HeaderName::from_static("oci-tag");

/// `GET` and `HEAD` of a manifest: the bytes that were pushed, under the type they were pushed with.
pub(super) async fn get(
    app: &App,
    grant: RepoGrant<Pull>,
    reference: &Reference,
    head: bool,
    headers: &HeaderMap,
) -> Answer {
    let manifest = minato_core::manifest::get(app, &grant, reference).await?;
    let by_signing_tool = is_signing_tool(headers);
    trust::check(app, &grant, &manifest, by_signing_tool).await?;
    scan::gate::check(app, &grant, &manifest, by_signing_tool).await?;
    let known = is_known(headers, manifest.digest.as_str());
    let mut response = if known {
        empty(StatusCode::NOT_MODIFIED)
    } else if head {
        empty(StatusCode::OK)
    } else {
        pull::note(app, &grant, reference, &manifest);
        Response::new(Body::from(manifest.bytes.clone()))
    };
    let headers = response.headers_mut();
    set(headers, CONTENT_DIGEST, manifest.digest.as_str());
    set(headers, ETAG, &format!("\"{}\"", manifest.digest));
    if !known {
        set(headers, CONTENT_TYPE, &manifest.media_type);
        headers.insert(CONTENT_LENGTH, HeaderValue::from(manifest.bytes.len()));
    }
    Ok(response)
}

/// `PUT` of a manifest, by tag or by digest with tags beside it.
pub(super) async fn put(
    app: &App,
    grant: RepoGrant<Push>,
    reference: Reference,
    tags: Vec<Tag>,
    headers: &HeaderMap,
    body: Body,
) -> Answer {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bytes = read_limited(body).await?;
    let by_digest = matches!(reference, Reference::Digest(_));
    let new = NewManifest { reference, tags, content_type, bytes };
    let pushed = minato_core::manifest::put(app, &grant, new).await?;
    let mut response = empty(StatusCode::CREATED);
    let headers = response.headers_mut();
    set(headers, LOCATION, &format!("/v2/{}/manifests/{}", grant.name(), pushed.digest));
    set(headers, CONTENT_DIGEST, pushed.digest.as_str());
    if let Some(subject) = &pushed.subject {
        set(headers, OCI_SUBJECT, subject.as_str());
    }
    for tag in pushed.tags.iter().filter(|_| by_digest) {
        if let Ok(value) = HeaderValue::from_str(tag.as_str()) {
            headers.append(OCI_TAG, value);
        }
    }
    Ok(response)
}

/// `DELETE` of a tag, or of a manifest with all its tags.
pub(super) async fn delete(app: &App, grant: RepoGrant<RepositoryDelete>, reference: &Reference) -> Answer {
    match reference {
        Reference::Digest(digest) => minato_core::manifest::delete(app, &grant, digest).await?,
        Reference::Tag(tag) => minato_core::tag::delete(app, &grant, tag).await?,
    }
    Ok(empty(StatusCode::ACCEPTED))
}

/// Whether the client calls itself a tool that makes signatures.
fn is_signing_tool(headers: &HeaderMap) -> bool {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    agent.contains("cosign") || agent.contains("notation")
}

async fn read_limited(body: Body) -> Result<Bytes, Refusal> {
    match Limited::new(body, MAX_MANIFEST_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let text = format!("a manifest may have at most {MAX_MANIFEST_BYTES} bytes");
            Err(Failure::new(Code::SizeInvalid, text).into())
        }
        Err(error) => Err(minato_core::Error::Interrupted(std::io::Error::other(error)).into()),
    }
}
