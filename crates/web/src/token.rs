//! `GET /service/token`: a password, or nothing, into a registry token.
//!
//! Docker's token authentication. `POST` is 405, by which containerd knows to use
//! `GET`. Who asks for what does not exist gets an empty grant, never an error.

use axum::body::Body;
use http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use jiff::Timestamp;
use minato_core::{App, Error, token};
use minato_types::token::Scope;
use serde::Serialize;

use crate::auth::Credentials;
use crate::client::Client;
use crate::codes::Code;
use crate::error::Failure;

/// The answer. Both fields carry the token: some clients read one, some the other.
#[derive(Serialize)]
struct TokenView<'a> {
    token: &'a str,
    access_token: &'a str,
    expires_in: u64,
    issued_at: String,
}

pub(crate) async fn serve(
    app: &App,
    client: &Client,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response<Body> {
    if method != Method::GET {
        let mut response =
            Failure::new(Code::MethodNotAllowed, "use GET with HTTP Basic authentication").into_response();
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
        return response;
    }
    match issue(app, client, uri, headers).await {
        Ok(body) => json(body),
        Err(failure) => {
            let unauthorized = failure.code == Code::Unauthorized;
            let mut response = failure.into_response();
            if unauthorized {
                let basic = HeaderValue::from_static("Basic realm=\"harbor\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, basic);
            }
            response
        }
    }
}

async fn issue(app: &App, client: &Client, uri: &Uri, headers: &HeaderMap) -> Result<Vec<u8>, Failure> {
    let query = Query::parse(uri.query().unwrap_or(""));
    if query.service != token::SERVICE {
        return Err(Failure::new(
            Code::BadRequest,
            format!("the service is `{}`, expected `{}`", query.service, token::SERVICE),
        ));
    }
    let credentials = Credentials::of(headers);
    let issued = if let Some(scanner) = credentials.of_scanner(app) {
        let (claims, own) = scanner?;
        token::reissue(app, &claims, own)
    } else {
        let principal = credentials.sign_in(app, client.address).await?;
        if !principal.is_authenticated() && query.scopes.is_empty() {
            return Err(Error::Denied { authenticated: false }.into());
        }
        token::issue(app, &principal, &query.scopes).await?
    };
    let at = Timestamp::from_second(issued.issued_at.as_secs()).unwrap_or_default();
    let view = TokenView {
        token: &issued.token,
        access_token: &issued.token,
        expires_in: issued.expires_in.as_secs(),
        issued_at: at.to_string(),
    };
    serde_json::to_vec(&view).map_err(|_| Failure::new(Code::Unknown, "internal server error"))
}

fn json(body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response.headers_mut().insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The parameters that count; `account`, `client_id` and `offline_token` do not.
#[derive(Default)]
struct Query {
    service: String,
    scopes: Vec<Scope>,
}

impl Query {
    /// `scope` may be repeated, and one may hold several separated by blanks.
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            match name.as_ref() {
                "service" => query.service = value.into_owned(),
                "scope" => query.scopes.extend(value.split_whitespace().filter_map(Scope::parse)),
                _ => {}
            }
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_may_be_repeated_and_joined() {
        let query = Query::parse(
            "service=s&scope=repository:a/b:pull,push&scope=repository:c/d:pull%20x:y:z&scope=bad",
        );
        let names: Vec<_> = query.scopes.iter().map(|scope| scope.name.as_str()).collect();
        assert_eq!(names, ["a/b", "c/d", "y"]);
        assert_eq!(query.scopes[0].actions, ["pull", "push"]);
    }
}
