//! Pages of lists, bodies of requests and times, as Harbor's clients know them.

use std::ops::RangeInclusive;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams};
use axum::response::{IntoResponse, Json, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use minato_core::Window;
use minato_core::project::Page;
use minato_types::clock::Timestamp;
use minato_types::query::Query;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::codes::Code;
use crate::error::Failure;

const X_TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");

/// Harbor's largest page.
const MAX_PAGE_SIZE: i64 = 100;
const DEFAULT_PAGE_SIZE: i64 = 10;
/// Most rows of an answer to `page_size=0`, a whole number of the largest pages.
const MAX_WHOLE: i64 = 100 * MAX_PAGE_SIZE;

/// What is asked of a list: `q`, `sort` and the page.
pub(super) struct ListQuery {
    /// Conditions and order.
    pub(super) query: Query,
    /// The page.
    pub(super) paging: Paging,
}

impl<S: Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let q = parameter(&parts.uri, "q").unwrap_or_default();
        // Harbor decodes it once more.
        let q = percent_decode_str(&q).decode_utf8_lossy().into_owned();
        let sort = parameter(&parts.uri, "sort").unwrap_or_default();
        let query =
            Query::parse(&q, &sort).map_err(|error| Failure::new(Code::BadRequest, error.to_string()))?;
        Ok(Self { query, paging: Paging::from_request_parts(parts, state).await? })
    }
}

/// `page` and `page_size`, with the address they came with for the links.
pub(super) struct Paging {
    page: i64,
    page_size: i64,
    uri: Uri,
}

impl Paging {
    /// The rows of the page; `page_size=0` means all, as in Harbor, up to [`MAX_WHOLE`].
    pub(super) fn window(&self) -> Window {
        let limit = if self.page_size == 0 { MAX_WHOLE } else { self.page_size };
        Window { limit, offset: (self.page - 1).saturating_mul(self.page_size) }
    }

    /// Writes a page, each item as its view.
    pub(super) fn page<T, V: From<T> + Serialize>(&self, page: Page<T>) -> Response {
        let views: Vec<V> = page.items.into_iter().map(V::from).collect();
        self.answer(&views, page.total)
    }

    /// Writes a page with `X-Total-Count` and `Link`.
    pub(super) fn answer<T: Serialize>(&self, views: &[T], total: i64) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(X_TOTAL_COUNT, HeaderValue::from(total));
        let mut links = Vec::new();
        if self.page_size == 0 {
            if total > MAX_WHOLE {
                links.push(self.link(MAX_WHOLE / MAX_PAGE_SIZE + 1, MAX_PAGE_SIZE, "next"));
            }
        } else {
            if self.page > 1 {
                links.push(self.link(self.page - 1, self.page_size, "prev"));
            }
            if self.page.saturating_mul(self.page_size) < total {
                links.push(self.link(self.page + 1, self.page_size, "next"));
            }
        }
        if let Ok(value) = HeaderValue::from_str(&links.join(" , "))
            && !links.is_empty()
        {
            headers.insert(http::header::LINK, value);
        }
        (headers, Json(views)).into_response()
    }

    fn link(&self, page: i64, page_size: i64, relation: &str) -> String {
        let mut pairs: Vec<(String, String)> =
            form_urlencoded::parse(self.uri.query().unwrap_or("").as_bytes())
                .filter(|(name, _)| name != "page" && name != "page_size")
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect();
        pairs.push(("page".to_owned(), page.to_string()));
        pairs.push(("page_size".to_owned(), page_size.to_string()));
        pairs.sort();
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("<{}?{query}>; rel=\"{relation}\"", self.uri.path())
    }
}

impl<S: Sync> FromRequestParts<S> for Paging {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        // The router strips its own prefix; links need the address as it was asked for.
        let original = parts.extensions.get::<axum::extract::OriginalUri>().map(|uri| uri.0.clone());
        let uri = original.unwrap_or_else(|| parts.uri.clone());
        // Some of Harbor's clients say 0 for the first one.
        let page = count(&uri, "page", 1, 0..=i64::MAX)?.max(1);
        let page_size = count(&uri, "page_size", DEFAULT_PAGE_SIZE, 0..=MAX_PAGE_SIZE)?;
        Ok(Self { page, page_size, uri })
    }
}

/// The number that a query parameter is, or what it is without it.
pub(super) fn count(
    uri: &Uri,
    wanted: &str,
    default: i64,
    allowed: RangeInclusive<i64>,
) -> Result<i64, Failure> {
    // Some say a parameter that they have no value for, and mean nothing by it.
    match parameter(uri, wanted).filter(|value| !value.is_empty()) {
        None => Ok(default),
        Some(value) => value.parse().ok().filter(|n| allowed.contains(n)).ok_or_else(|| {
            let (least, most) = allowed.into_inner();
            let text = format!("{wanted} in query must be a number from {least} to {most}");
            Failure::new(Code::UnprocessableEntity, text)
        }),
    }
}

/// The value of a query parameter.
pub(super) fn parameter(uri: &Uri, wanted: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(uri.query().unwrap_or("").as_bytes());
    pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}

/// The value of a query parameter that must be there.
pub(super) fn required_parameter(uri: &Uri, wanted: &str) -> Result<String, Failure> {
    parameter(uri, wanted)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Failure::new(Code::UnprocessableEntity, format!("{wanted} in query is required")))
}

/// A JSON body; what is none is refused in the API's own format.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Failure> {
        use axum::extract::rejection::JsonRejection;
        match Json::<Value>::from_request(request, state).await {
            Ok(Json(value)) if has_nul(&value) => {
                Err(Failure::new(Code::BadRequest, "the body has a NUL character in it"))
            }
            Ok(Json(value)) => read(without_nulls(value)).map(Self),
            Err(rejection) if rejection.status() == Code::TooLarge.status() => {
                Err(Failure::new(Code::TooLarge, "the body is larger than 2 MiB: send less at once"))
            }
            Err(rejection @ JsonRejection::MissingJsonContentType(_)) => {
                Err(Failure::new(Code::UnsupportedMediaType, rejection.body_text()))
            }
            Err(rejection) => Err(Failure::new(Code::UnprocessableEntity, rejection.body_text())),
        }
    }
}

/// Reads the body of a request.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Failure> {
    object(value).map_err(|why| Failure::new(Code::UnprocessableEntity, why))
}

/// What a body says, which is always an object; what does not fit is told in words of JSON.
fn object<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    // By itself a list of the values of an object's fields would be that object.
    if !value.is_object() {
        return Err("the body must be a JSON object".to_owned());
    }
    T::deserialize(value).map_err(|error| in_words_of_json(&error.to_string()))
}

/// An error of the parser, which names types of the program, in words that the caller knows.
fn in_words_of_json(error: &str) -> String {
    let Some((found, expected)) = error.rsplit_once(", expected ") else { return error.to_owned() };
    let found = match found {
        "invalid type: sequence" => "invalid type: a list",
        "invalid type: map" => "invalid type: an object",
        _ => found,
    };
    let expected = match expected {
        "a map" => "an object",
        "a sequence" => "a list",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "f32" | "f64" => "a number",
        _ if expected.starts_with("struct ") => "an object",
        _ => expected,
    };
    format!("{found}, expected {expected}")
}

/// The same without the fields that are null: clients in Go and Python send those that they have no
/// value for, and Harbor reads them as not sent.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let given = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(given.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Whether there is a NUL in any text, which `PostgreSQL` can't keep.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The number by which a path names a row: its last one, beside the project.
pub(super) struct RowId(pub(super) i64);

impl<S: Send + Sync> FromRequestParts<S> for RowId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let wrong = || Failure::new(Code::UnprocessableEntity, "the id in the path must be a number");
        let parameters = RawPathParams::from_request_parts(parts, state).await.map_err(|_| wrong())?;
        let id = parameters.iter().filter(|(name, _)| name.ends_with("id")).last();
        id.and_then(|(_, text)| text.parse().ok()).map(Self).ok_or_else(wrong)
    }
}

/// A switch in the query.
pub(super) fn switch(uri: &Uri, name: &str, default: bool) -> Result<bool, Failure> {
    match parameter(uri, name).as_deref() {
        None | Some("") => Ok(default),
        Some("true" | "1") => Ok(true),
        Some("false" | "0") => Ok(false),
        Some(_) => {
            Err(Failure::new(Code::UnprocessableEntity, format!("{name} in query must be true or false")))
        }
    }
}

/// Whether Harbor would leave a number out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
pub(super) fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// RFC 3339 with milliseconds.
pub(super) fn time(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap_or_default();
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only parsed")]
    struct Inner {
        count: i64,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only parsed")]
    struct Outer {
        name: String,
        inner: Option<Inner>,
        #[serde(default)]
        all: Vec<i64>,
    }

    #[test]
    fn what_does_not_fit_is_told_without_names_of_types() {
        for (body, why) in [
            (r#"["a", {"count": 1}, []]"#, "the body must be a JSON object"),
            ("7", "the body must be a JSON object"),
            ("{}", "missing field `name`"),
            (r#"{"name": {}}"#, "invalid type: an object, expected a string"),
            (r#"{"name": "a", "inner": "b"}"#, r#"invalid type: string "b", expected an object"#),
            (r#"{"name": "a", "inner": []}"#, "invalid length 0, expected an object"),
            (r#"{"name": "a", "all": 1}"#, "invalid type: integer `1`, expected a list"),
            (
                r#"{"name": "a", "inner": {"count": "map"}}"#,
                r#"invalid type: string "map", expected a whole number"#,
            ),
        ] {
            assert_eq!(object::<Outer>(serde_json::from_str(body).unwrap()).unwrap_err(), why);
        }
    }

    #[test]
    fn all_of_a_longer_list_ends_with_a_link_to_the_rest() {
        let uri: Uri = "/api/v2.0/projects?page_size=0&sort=name".parse().unwrap();
        let paging = Paging { page: 1, page_size: 0, uri };
        let link = |total: i64| {
            let answer = paging.answer::<i64>(&[], total);
            answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned())
        };
        assert_eq!((paging.window().limit, paging.window().offset), (MAX_WHOLE, 0));
        assert_eq!(link(MAX_WHOLE), None);
        let next = "</api/v2.0/projects?page=101&page_size=100&sort=name>; rel=\"next\"";
        assert_eq!(link(MAX_WHOLE + 1).as_deref(), Some(next));
    }
}
