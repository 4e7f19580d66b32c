//! `/c/`: signing in and out of the console, and the cookie that stands for it.
//!
//! Forms and statuses are Harbor's. Everything here passes the check of `csrf.rs`; a client without
//! a token gets one with any answer.

use axum::body::{Body, to_bytes};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use minato_core::principal::Principal;
use minato_core::user::Unique;
use minato_core::{App, Error, authz, session, user};
use minato_types::secret::Secret;

use crate::auth::Credentials;
use crate::client::Client;
use crate::codes::Code;
use crate::csrf;
use crate::error::Failure;

const COOKIE_NAME: &str = "sid";
/// Most bytes of a form.
const MAX_FORM: usize = 64 << 10;
/// A longer value is no session's.
const MAX_COOKIE: usize = 128;

/// What the session cookie holds, if there is one.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<Secret> {
    csrf::cookie(headers, COOKIE_NAME).map(Secret::new)
}

/// Who is calling, in Harbor's order: by the credentials in the header if there are any, else by
/// the session, else nobody.
pub(crate) async fn principal(
    app: &App,
    headers: &HeaderMap,
    address: std::net::IpAddr,
) -> Result<Principal, Error> {
    let credentials = Credentials::of(headers);
    match (&credentials, cookie(headers)) {
        (Credentials::None, Some(id)) if id.expose().len() <= MAX_COOKIE => {
            // A console that only looks for news says so, or its session would never end.
            let renew = !headers.contains_key("x-harbor-no-session-renewal");
            session::resume(app, &id, renew).await
        }
        _ => credentials.sign_in(app, address).await,
    }
}

/// Answers a request under `/c/`.
pub(crate) async fn serve(app: &App, client: &Client, request: Request<Body>) -> Response<Body> {
    let method = request.method().clone();
    let outcome = match (request.uri().path(), &method) {
        ("/c/login", &Method::POST) => login(app, client, request).await,
        ("/c/log_out", &(Method::GET | Method::POST)) => log_out(app, client, request.headers()).await,
        ("/c/userExists", &Method::POST) => user_exists(app, client, request).await,
        ("/c/login" | "/c/log_out" | "/c/userExists", _) => {
            Err(Failure::new(Code::MethodNotAllowed, "the path does not know this method"))
        }
        _ => Err(Failure::new(Code::NotFound, "there is nothing here")),
    };
    let mut response = outcome.unwrap_or_else(Failure::into_response);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Opens a session; one that the browser had before ends.
async fn login(app: &App, client: &Client, request: Request<Body>) -> Result<Response<Body>, Failure> {
    let before = cookie(request.headers());
    let form = Form::read(request).await?;
    let password = Secret::new(form.value("password"));
    let id = session::start(app, &form.value("principal"), &password, client.address).await?;
    if let Some(before) = before {
        session::end(app, &before).await?;
    }
    Ok(with_cookie(id.expose(), "", client.secure))
}

async fn log_out(app: &App, client: &Client, headers: &HeaderMap) -> Result<Response<Body>, Failure> {
    if let Some(id) = cookie(headers) {
        session::end(app, &id).await?;
    }
    Ok(with_cookie("", "; Max-Age=0", client.secure))
}

async fn user_exists(app: &App, client: &Client, request: Request<Body>) -> Result<Response<Body>, Failure> {
    let who = authz::public(&principal(app, request.headers(), client.address).await?);
    let form = Form::read(request).await?;
    let unique = match form.value("target").as_str() {
        "username" => Unique::Username,
        "email" => Unique::Email,
        other => {
            let why = format!("is `{other}`, expected `username` or `email`");
            return Err(Error::invalid("target", why).into());
        }
    };
    let found = user::exists(app, &who, unique, &form.value("value")).await?;
    let mut response = Response::new(Body::from(found.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    Ok(response)
}

fn with_cookie(value: &str, lifetime: &str, secure: bool) -> Response<Body> {
    let end = if secure { "; Secure" } else { "" };
    let text = format!("{COOKIE_NAME}={value}; Path=/; HttpOnly; SameSite=Lax{lifetime}{end}");
    let mut response = Response::new(Body::empty());
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().insert(SET_COOKIE, value);
    }
    response
}

/// The fields of a form.
struct Form(Vec<(String, String)>);

impl Form {
    async fn read(request: Request<Body>) -> Result<Self, Failure> {
        let body = to_bytes(request.into_body(), MAX_FORM)
            .await
            .map_err(|_| Failure::new(Code::BadRequest, "the form is too long or broke off"))?;
        let fields: Vec<(String, String)> = form_urlencoded::parse(&body)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if fields.iter().any(|(_, value)| value.contains('\0')) {
            return Err(Failure::new(Code::BadRequest, "the form has a NUL character in it"));
        }
        Ok(Self(fields))
    }

    /// A field's value; empty when it is missing.
    fn value(&self, name: &str) -> String {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}
