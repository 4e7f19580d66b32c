//! The web console. For now one page that says what this is.

use axum::body::Body;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, Method, Response};

use crate::codes::Code;
use crate::error::Failure;

const PAGE: &str = include_str!("../../../portal/index.html");

pub(crate) fn serve(method: &Method, path: &str) -> Response<Body> {
    if path != "/" {
        return Failure::new(Code::NotFound, "there is nothing here").into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Failure::new(Code::MethodNotAllowed, "use GET").into_response();
    }
    let mut response = Response::new(Body::from(PAGE));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    );
    response
}
