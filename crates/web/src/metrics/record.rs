//! What is counted of each request.
//!
//! A request costs a handful of atomic additions: its counters are found by its operation's place
//! and its method's, and are made when they are needed first. All that is told of requests, under
//! Harbor's names and the registry's, comes from the same counters.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use http::{Method, Response, StatusCode};
use hyper::body::{Body as _, Frame, SizeHint};
use minato_core::metrics::Distribution;
use tracing::Span;

/// A body up to this length is as good as sent once it is there: it fits the buffers.
const SOON_SENT: u64 = 64 << 10;

/// Methods that are told apart; all others are one.
const METHODS: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::PUT,
    Method::POST,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::CONNECT,
    Method::TRACE,
];

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation(usize);

impl Operation {
    /// Nothing that has a name.
    pub(crate) const UNKNOWN: Self = Self(0);
    pub(crate) const BASE: Self = Self(1);
    pub(crate) const CATALOG: Self = Self(2);
    pub(crate) const TAGS: Self = Self(3);
    pub(crate) const MANIFEST: Self = Self(4);
    pub(crate) const BLOB: Self = Self(5);
    pub(crate) const UPLOAD_START: Self = Self(6);
    pub(crate) const UPLOAD: Self = Self(7);
    pub(crate) const REFERRERS: Self = Self(8);
    /// What is asked of the registry protocol and is none of it.
    pub(crate) const STRAY: Self = Self(9);

    /// Names of those that are not of the API: Harbor's, and that of Distribution's handler.
    const NAMES: [(&'static str, Option<&'static str>); 10] = [
        ("unknown", None),
        ("v2_others", Some("base")),
        ("v2_catalog", Some("catalog")),
        ("v2_tags", Some("tags")),
        ("v2_manifest", Some("manifest")),
        ("v2_blob", Some("blob")),
        ("v2_blob_upload", Some("blob_upload")),
        ("v2_blob_upload", Some("blob_upload_chunk")),
        ("v2_referrers", Some("referrers")),
        ("v2_others", None),
    ];

    /// Their routes.
    const ROUTES: [&'static str; Self::NAMES.len()] = [
        "",
        "/v2/",
        "/v2/_catalog",
        "/v2/{name}/tags/list",
        "/v2/{name}/manifests/{reference}",
        "/v2/{name}/blobs/{digest}",
        "/v2/{name}/blobs/uploads/",
        "/v2/{name}/blobs/uploads/{session}",
        "/v2/{name}/referrers/{digest}",
        "/v2/",
    ];

    /// The operation of the API at this place of its list.
    pub(crate) const fn of_api(place: usize) -> Self {
        Self(Self::NAMES.len() + place)
    }
}

/// Counters of all requests.
pub(crate) struct Recorder {
    /// The operationId and the route of each.
    api: Vec<(&'static str, String)>,
    counted: Vec<OnceLock<Box<Counted>>>,
    running: AtomicI64,
    /// Of the registry's operations.
    running_of: [AtomicI64; Operation::NAMES.len()],
}

/// The requests of one operation with one method.
pub(super) struct Counted {
    statuses: [AtomicU64; 500],
    pub(super) took: Distribution,
}

/// Requests of one operation with one method, to be told.
pub(super) struct Line<'a> {
    /// Harbor's name of the operation.
    pub(super) operation: &'static str,
    /// Distribution's name of the handler, where it has one.
    pub(super) handler: Option<&'static str>,
    /// The method, in capitals.
    pub(super) method: &'a str,
    pub(super) counted: &'a Counted,
}

impl Counted {
    fn new() -> Box<Self> {
        let statuses = std::array::from_fn(|_| AtomicU64::new(0));
        Box::new(Self { statuses, took: Distribution::default() })
    }

    /// How many were answered with each status, of those that were.
    pub(super) fn statuses(&self) -> impl Iterator<Item = (usize, u64)> {
        let counts = self.statuses.iter().map(|count| count.load(Ordering::Relaxed));
        (100..).zip(counts).filter(|(_, count)| *count > 0)
    }
}

impl Recorder {
    /// Counters for these operations of the API beside those of the registry.
    pub(crate) fn new(api: Vec<(&'static str, String)>) -> Arc<Self> {
        let cells = (Operation::NAMES.len() + api.len()) * (METHODS.len() + 1);
        Arc::new(Self {
            api,
            counted: std::iter::repeat_with(OnceLock::new).take(cells).collect(),
            running: AtomicI64::new(0),
            running_of: std::array::from_fn(|_| AtomicI64::new(0)),
        })
    }

    /// Counts a request from now on.
    pub(crate) fn begin(self: &Arc<Self>, method: &Method) -> Watch {
        self.running.fetch_add(1, Ordering::Relaxed);
        Watch {
            recorder: Arc::clone(self),
            started: Instant::now(),
            method: METHODS.iter().position(|known| known == method).unwrap_or(METHODS.len()),
            operation: Operation::UNKNOWN,
            status: None,
        }
    }

    fn end(&self, watch: &Watch) {
        self.running.fetch_sub(1, Ordering::Relaxed);
        self.shift(watch.operation, -1);
        // Without a status the client has gone before there was an answer.
        let Some(status) = watch.status else { return };
        let place = watch.operation.0 * (METHODS.len() + 1) + watch.method;
        let Some(counted) = self.counted.get(place) else { return };
        let counted = counted.get_or_init(Counted::new);
        if let Some(count) = counted.statuses.get(usize::from(status.as_u16()).wrapping_sub(100)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        counted.took.record(watch.started.elapsed());
    }

    fn shift(&self, operation: Operation, by: i64) {
        if let Some(running) = self.running_of.get(operation.0).filter(|_| operation != Operation::UNKNOWN) {
            running.fetch_add(by, Ordering::Relaxed);
        }
    }

    /// How many requests are being answered.
    pub(super) fn running(&self) -> i64 {
        self.running.load(Ordering::Relaxed)
    }

    /// How many of them each handler of the registry has.
    pub(super) fn running_of(&self) -> impl Iterator<Item = (&'static str, i64)> {
        let handlers = Operation::NAMES.iter().zip(&self.running_of);
        handlers.filter_map(|((_, handler), count)| Some(((*handler)?, count.load(Ordering::Relaxed))))
    }

    /// All that was counted.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let api = self.api.iter().map(|(id, _)| (*id, None));
        let names = Operation::NAMES.into_iter().chain(api);
        let methods = || METHODS.iter().map(Method::as_str).chain(["OTHER"]);
        let places = names.flat_map(move |name| methods().map(move |method| (name, method)));
        places.zip(&self.counted).filter_map(|(((operation, handler), method), counted)| {
            Some(Line { operation, handler, method, counted: counted.get()? })
        })
    }
}

/// A request that is being answered. It ends when this is dropped.
pub(crate) struct Watch {
    recorder: Arc<Recorder>,
    started: Instant,
    method: usize,
    operation: Operation,
    status: Option<StatusCode>,
}

impl Watch {
    /// Says what is asked for, once it is known.
    pub(crate) fn be(&mut self, operation: Operation) {
        self.recorder.shift(self.operation, -1);
        self.operation = operation;
        self.recorder.shift(operation, 1);
    }

    /// How long it has taken so far.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The route of what was answered, if it has one: `/v2/{name}/tags/list`.
    pub(crate) fn route(&self, response: &Response<Body>) -> Option<&str> {
        let Operation(place) = response.extensions().get().copied().unwrap_or(self.operation);
        let route = match place.checked_sub(Operation::ROUTES.len()) {
            None => Operation::ROUTES.get(place).copied(),
            Some(place) => self.recorder.api.get(place).map(|(_, route)| route.as_str()),
        };
        route.filter(|route| !route.is_empty())
    }

    /// Ends it with this answer, which is done when its body is sent.
    pub(crate) fn answer(mut self, mut response: Response<Body>) -> Response<Body> {
        self.status = Some(response.status());
        if let Some(operation) = response.extensions_mut().remove() {
            self.be(operation);
        }
        let body = response.body();
        if body.is_end_stream() || body.size_hint().upper().is_some_and(|most| most <= SOON_SENT) {
            return response;
        }
        response.map(|body| Body::new(Sending { body, _watch: self, span: Span::current() }))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.recorder.end(self);
    }
}

/// A body that is being sent.
struct Sending {
    body: Body,
    _watch: Watch,
    /// What goes wrong on the way is told as the request's.
    span: Span,
}

impl hyper::body::Body for Sending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Self { body, span, .. } = &mut *self;
        let _entered = span.enter();
        Pin::new(body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(recorder: &Recorder) -> Vec<(&'static str, String, usize, u64)> {
        let of = |line: Line<'_>| {
            let name = (line.operation, line.method.to_owned());
            line.counted
                .statuses()
                .map(move |(status, n)| (name.0, name.1.clone(), status, n))
                .collect::<Vec<_>>()
        };
        recorder.lines().flat_map(of).collect()
    }

    fn response(status: u16, body: impl Into<Body>) -> Response<Body> {
        Response::builder().status(status).body(body.into()).unwrap()
    }

    #[test]
    fn requests_are_counted_by_what_they_ask_for() {
        let api = [("one", "/api/v2.0/one"), ("two", "/api/v2.0/two/{id}")];
        let recorder = Recorder::new(api.map(|(id, route)| (id, route.to_owned())).to_vec());
        let mut watch = recorder.begin(&Method::GET);
        watch.be(Operation::MANIFEST);
        drop(watch.answer(response(200, "small")));
        let mut marked = response(404, "");
        marked.extensions_mut().insert(Operation::of_api(1));
        let watch = recorder.begin(&Method::DELETE);
        assert_eq!(watch.route(&marked), Some("/api/v2.0/two/{id}"));
        assert_eq!(watch.route(&response(404, "")), None);
        drop(watch.answer(marked));
        drop(recorder.begin(&Method::from_bytes(b"FETCH").unwrap()).answer(response(405, "")));
        drop(recorder.begin(&Method::GET)); // the client went away
        let expected =
            [("unknown", "OTHER", 405, 1), ("v2_manifest", "GET", 200, 1), ("two", "DELETE", 404, 1)]
                .map(|(operation, method, status, n)| (operation, method.to_owned(), status, n));
        assert_eq!(counts(&recorder), expected);
        assert_eq!(recorder.running(), 0);
    }

    #[test]
    fn a_long_answer_ends_with_its_body() {
        let recorder = Recorder::new(Vec::new());
        let mut watch = recorder.begin(&Method::GET);
        watch.be(Operation::BLOB);
        let answer = watch.answer(response(200, vec![0; 1 << 20]));
        assert_eq!((recorder.running(), counts(&recorder).len()), (1, 0));
        assert_eq!(recorder.running_of().find(|(handler, _)| *handler == "blob"), Some(("blob", 1)));
        assert_eq!(answer.body().size_hint().exact(), Some(1 << 20));
        drop(answer);
        assert_eq!((recorder.running(), counts(&recorder).len()), (0, 1));
        assert!(recorder.running_of().all(|(_, count)| count == 0));
    }
}
