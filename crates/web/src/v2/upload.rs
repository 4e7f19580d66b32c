//! Uploading blobs.
//!
//! Locations are relative and hold the whole state of a session in their path: they work
//! behind any proxy, and with clients that drop the query.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use http::header::{CONTENT_LENGTH, LOCATION, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use minato_core::App;
use minato_core::authz::{Push, RepoGrant};
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;
use minato_types::name::RepositoryName;

use super::{Answer, CONTENT_DIGEST, empty, range, set};

const UPLOAD_UUID: HeaderName = HeaderName::from_static("docker-upload-uuid");

/// `POST`: opens a session.
pub(super) async fn start(app: &App, grant: RepoGrant<Push>, algorithm: Algorithm) -> Answer {
    let id = minato_core::upload::start(app, &grant, algorithm).await?;
    Ok(session(StatusCode::ACCEPTED, grant.name(), &id, 0))
}

/// `POST ?digest=`: the whole blob at once.
pub(super) async fn whole(app: &App, grant: RepoGrant<Push>, digest: &Digest, body: Body) -> Answer {
    minato_core::upload::put_whole(app, &grant, digest, stream(body)).await?;
    Ok(created(grant.name(), digest))
}

/// `POST ?mount=`: takes the blob over from another repository, or opens a session.
pub(super) async fn mount(
    app: &App,
    grant: RepoGrant<Push>,
    digest: &Digest,
    from: Option<&RepositoryName>,
    algorithm: Algorithm,
) -> Answer {
    if minato_core::blob::mount(app, &grant, digest, from).await? {
        Ok(created(grant.name(), digest))
    } else {
        start(app, grant, algorithm).await
    }
}

/// `GET`: how far the session has come.
pub(super) async fn status(app: &App, grant: RepoGrant<Push>, id: &UploadId) -> Answer {
    let size = minato_core::upload::offset(app, &grant, id).await?;
    Ok(session(StatusCode::NO_CONTENT, grant.name(), id, size))
}

/// `PATCH`: one more chunk.
pub(super) async fn append(
    app: &App,
    grant: RepoGrant<Push>,
    id: &UploadId,
    headers: &HeaderMap,
    body: Body,
) -> Answer {
    let at = range::chunk_start(headers)?;
    let size = minato_core::upload::append(app, &grant, id, at, stream(body)).await?;
    Ok(session(StatusCode::ACCEPTED, grant.name(), id, size))
}

/// `PUT`: the last chunk, perhaps an empty one, and the digest of the whole.
pub(super) async fn finish(
    app: &App,
    grant: RepoGrant<Push>,
    id: &UploadId,
    digest: &Digest,
    headers: &HeaderMap,
    body: Body,
) -> Answer {
    let at = range::chunk_start(headers)?;
    minato_core::upload::finish(app, &grant, id, digest, at, stream(body)).await?;
    Ok(created(grant.name(), digest))
}

fn stream(body: Body) -> BoxStream<'static, io::Result<Bytes>> {
    Lingering(Some(body.into_data_stream())).map_err(io::Error::other).boxed()
}

/// A body whose rest is read even when nobody wants it any more, as when the disk is full: a
/// connection that is closed with bytes unread is reset, and the answer lost with it.
struct Lingering(Option<BodyDataStream>);

/// How long the rest of a body is read.
const LINGER: Duration = Duration::from_secs(10);

impl Stream for Lingering {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let next = ready!(body.poll_next_unpin(context));
        if !matches!(next, Some(Ok(_))) {
            self.0 = None;
        }
        Poll::Ready(next)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let (Some(mut rest), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        // Ends with the body, with the connection, or in a while.
        let read = async move { while let Some(Ok(_)) = rest.next().await {} };
        runtime.spawn(tokio::time::timeout(LINGER, read));
    }
}

/// Where a session is and how far it has come. With nothing in it the range is `0-0`, which every
/// registry answers and docker needs to be able to read.
fn session(status: StatusCode, repo: &RepositoryName, id: &UploadId, size: u64) -> Response<Body> {
    let mut response = empty(status);
    let headers = response.headers_mut();
    set(headers, LOCATION, &format!("/v2/{repo}/blobs/uploads/{id}"));
    set(headers, RANGE, &format!("0-{}", size.saturating_sub(1)));
    set(headers, UPLOAD_UUID, &id.to_string());
    if status != StatusCode::NO_CONTENT {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
    }
    response
}

fn created(repo: &RepositoryName, digest: &Digest) -> Response<Body> {
    let mut response = empty(StatusCode::CREATED);
    let headers = response.headers_mut();
    set(headers, LOCATION, &format!("/v2/{repo}/blobs/{digest}"));
    set(headers, CONTENT_DIGEST, digest.as_str());
    headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
    response
}
