//! Requests that a foreign page makes a browser send: they carry the cookies, but no page can read
//! ours. So whoever comes by cookie has to say what such a page can't know.
//!
//! The cookie `_gorilla_csrf` holds a random token; each answer carries the same token in
//! `X-Harbor-CSRF-Token`, masked anew each time so that compression gives nothing away, and unsafe
//! methods have to send it back. Names and forms are those that Harbor's clients know. What carries
//! no session cookie acts by the credentials in its header, and is not asked.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{COOKIE, SET_COOKIE, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use subtle::ConstantTimeEq as _;

use crate::codes::Code;
use crate::error::Failure;

const COOKIE_NAME: &str = "_gorilla_csrf";
const X_HARBOR_CSRF_TOKEN: HeaderName = HeaderName::from_static("x-harbor-csrf-token");
const LENGTH: usize = 32;

/// Stands in the extensions of a request that gave the right token: it comes from a page of ours.
#[derive(Clone, Copy)]
pub(crate) struct FromPage;

/// Answers a request by `serve` unless it may be a foreign page's. `asked` says whether it has to
/// give the token. A page that has no session yet gets one by sending the header empty.
pub(crate) async fn guard(
    asked: bool,
    secure: bool,
    mut request: Request<Body>,
    serve: impl AsyncFnOnce(Request<Body>) -> Response<Body>,
) -> Response<Body> {
    let known = cookie(request.headers(), COOKIE_NAME).and_then(base_token);
    let given = request.headers().get(&X_HARBOR_CSRF_TOKEN);
    let right = match (&known, given) {
        (_, None) => Err("CSRF token not found in request"),
        (Some(base), Some(given)) if is_right(base, given) => Ok(()),
        _ => Err("CSRF token invalid"),
    };
    let wanted = asked || given.is_some();
    if right.is_ok() {
        request.extensions_mut().insert(FromPage);
    }
    if !wanted {
        return serve(request).await;
    }
    let mut response = match right {
        Err(why) if asked && !is_safe(request.method()) => Failure::new(Code::Forbidden, why).into_response(),
        _ => serve(request).await,
    };
    if let Err(error) = stamp(response.headers_mut(), known, secure) {
        tracing::error!(%error, "the machine has no randomness to give");
        return Failure::new(Code::Unknown, "internal server error").into_response();
    }
    response
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(method)
}

fn base_token(value: &str) -> Option<[u8; LENGTH]> {
    URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok()
}

/// Whether a masked token is made of the base token: a mask, and the base token under it.
fn is_right(base: &[u8; LENGTH], given: &HeaderValue) -> bool {
    let Ok(masked) = STANDARD.decode(given.as_bytes()) else { return false };
    let Some((mask, hidden)) = masked.split_at_checked(LENGTH) else { return false };
    let shown: Vec<u8> = mask.iter().zip(hidden).map(|(mask, byte)| mask ^ byte).collect();
    hidden.len() == LENGTH && bool::from(shown.ct_eq(base))
}

fn mask(base: &[u8; LENGTH]) -> Result<String, getrandom::Error> {
    let mask = random()?;
    let hidden = mask.iter().zip(base).map(|(mask, byte)| mask ^ byte);
    Ok(STANDARD.encode(mask.iter().copied().chain(hidden).collect::<Vec<u8>>()))
}

fn random() -> Result<[u8; LENGTH], getrandom::Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Writes the masked token, and the cookie if the client has none yet.
fn stamp(headers: &mut HeaderMap, known: Option<[u8; LENGTH]>, secure: bool) -> Result<(), getrandom::Error> {
    let base = if let Some(base) = known {
        base
    } else {
        let base = random()?;
        let (value, end) = (URL_SAFE_NO_PAD.encode(base), if secure { "; Secure" } else { "" });
        let text = format!("{COOKIE_NAME}={value}; Path=/; HttpOnly; SameSite=Strict{end}");
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.append(SET_COOKIE, value);
        }
        base
    };
    if let Ok(value) = HeaderValue::try_from(mask(&base)?) {
        headers.insert(X_HARBOR_CSRF_TOKEN, value);
    }
    headers.append(VARY, HeaderValue::from_static("Cookie"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mask_is_another_and_all_are_right() {
        let base = random().unwrap();
        let (one, two) = (mask(&base).unwrap(), mask(&base).unwrap());
        assert_ne!(one, two);
        for masked in [one, two] {
            assert!(is_right(&base, &HeaderValue::try_from(masked).unwrap()));
        }
    }

    #[test]
    fn what_is_not_made_of_the_token_is_wrong() {
        let (base, other) = (random().unwrap(), random().unwrap());
        for text in
            ["", "x", "AAAA", &STANDARD.encode(base), &mask(&other).unwrap(), &STANDARD.encode([0; 96])]
        {
            assert!(!is_right(&base, &HeaderValue::from_str(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn cookies_are_found_in_any_line() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; sid=x=y"));
        headers.append(COOKIE, HeaderValue::from_static("b=2"));
        assert_eq!(cookie(&headers, "sid"), Some("x=y"));
        assert_eq!(cookie(&headers, "b"), Some("2"));
        assert_eq!(cookie(&headers, "c"), None);
    }
}
