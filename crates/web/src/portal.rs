//! The web console: the files that `portal/` is built to, and its page for every address that is
//! none of them, as the console has deep links.
//!
//! A release holds the files; a debug build reads them from `portal/dist`, so that work on the
//! console compiles nothing here.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use rust_embed::{Embed, EmbeddedFile};

use crate::codes::Code;
use crate::error::Failure;

#[derive(Embed)]
#[folder = "../../portal/dist"]
#[allow_missing = true]
struct Files;

const PAGE: &str = "index.html";
/// Files under it are named after their content.
const HASHED: &str = "assets/";
/// What the build puts beside a file, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];
/// No script and no style but the files that come with the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Answers with a file of the console, or with its page.
pub(crate) fn serve(request: &Request<Body>) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Failure::new(Code::MethodNotAllowed, "use GET").into_response();
    }
    let asked = request.uri().path().trim_start_matches('/');
    let is_compressed = ENCODINGS.iter().any(|(_, ending)| asked.ends_with(ending));
    let path = if asked.is_empty() || is_compressed || Files::get(asked).is_none() { PAGE } else { asked };
    if path == PAGE && asked.starts_with(HASHED) {
        // A page of an older release asks for it: with another page it would be none the wiser.
        return Failure::new(Code::NotFound, "there is nothing here").into_response();
    }
    let Some((file, encoding)) = find(path, request.headers()) else {
        let text = "this Minato was built without its console: run `make portal` and build it again";
        return Failure::new(Code::NotFound, text).into_response();
    };
    answer(request, path, file, encoding)
}

/// The file in the form that suits the client best.
fn find(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let understood = |name: &str| {
        let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        lists.flat_map(|list| list.split(',')).any(|one| one.trim() == name)
    };
    let compressed = ENCODINGS.iter().find_map(|(name, ending)| {
        let file = understood(name).then(|| Files::get(&format!("{path}{ending}"))).flatten()?;
        Some((file, Some(*name)))
    });
    compressed.or_else(|| Some((Files::get(path)?, None)))
}

fn answer(
    request: &Request<Body>,
    path: &str,
    file: EmbeddedFile,
    encoding: Option<&'static str>,
) -> Response<Body> {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
    let is_known =
        request.headers().get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let length = file.data.len();
    let body =
        if is_known || request.method() == Method::HEAD { Body::empty() } else { Body::from(file.data) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    let keep = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// Of the kinds that the build makes.
fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
