//! Lists: tags, the catalog, referrers. Each is a window with a link to the next.

use axum::body::Body;
use http::header::{CONTENT_TYPE, LINK};
use http::{HeaderName, HeaderValue, Response};
use minato_core::App;
use minato_core::authz::{CatalogRead, Pull, RepoGrant, SystemGrant};
use minato_types::digest::Digest;
use minato_types::manifest::ReferrersIndex;
use minato_types::media_type::ManifestFormat;
use serde::Serialize;

use super::call::Window;
use super::{Answer, set};

const FILTERS_APPLIED: HeaderName = HeaderName::from_static("oci-filters-applied");

/// Most referrers in one answer; with their annotations they can be large.
const MAX_REFERRERS: usize = 500;

#[derive(Serialize)]
struct TagsView<'a> {
    name: &'a str,
    tags: &'a [String],
}

#[derive(Serialize)]
struct CatalogView<'a> {
    repositories: &'a [String],
}

/// `GET /v2/<name>/tags/list`.
pub(super) async fn tags(app: &App, grant: RepoGrant<Pull>, window: Window) -> Answer {
    let page = minato_core::tag::list(app, &grant, &window.last, window.limit).await?;
    let mut response = json("application/json", &TagsView { name: grant.name().as_str(), tags: &page.names });
    if let Some(last) = page.names.last().filter(|_| page.more) {
        link(&mut response, &format!("/v2/{}/tags/list", grant.name()), &window, last, None);
    }
    Ok(response)
}

/// `GET /v2/_catalog`.
pub(super) async fn catalog(app: &App, grant: SystemGrant<CatalogRead>, window: Window) -> Answer {
    let page = minato_core::repository::catalog(app, &grant, &window.last, window.limit).await?;
    let mut response = json("application/json", &CatalogView { repositories: &page.names });
    if let Some(last) = page.names.last().filter(|_| page.more) {
        link(&mut response, "/v2/_catalog", &window, last, None);
    }
    Ok(response)
}

/// `GET /v2/<name>/referrers/<digest>`: an index, empty when there are none.
pub(super) async fn referrers(
    app: &App,
    grant: RepoGrant<Pull>,
    digest: &Digest,
    artifact_type: Option<&str>,
    window: Window,
) -> Answer {
    let window = Window { limit: window.limit.min(MAX_REFERRERS), ..window };
    let page =
        minato_core::referrer::list(app, &grant, digest, artifact_type, &window.last, window.limit).await?;
    let last = page.referrers.last().filter(|_| page.more).map(|referrer| referrer.digest.to_string());
    let media_type = ManifestFormat::OciIndex.as_str();
    let index = ReferrersIndex { schema_version: 2, media_type, manifests: page.referrers };
    let mut response = json(media_type, &index);
    if let Some(last) = last {
        let path = format!("/v2/{}/referrers/{digest}", grant.name());
        link(&mut response, &path, &window, &last, artifact_type);
    }
    if artifact_type.is_some() {
        response.headers_mut().insert(FILTERS_APPLIED, HeaderValue::from_static("artifactType"));
    }
    Ok(response)
}

fn json(content_type: &'static str, view: &impl Serialize) -> Response<Body> {
    let mut response = Response::new(Body::from(serde_json::to_vec(view).unwrap_or_default()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// The link to the next window (RFC 5988).
fn link(response: &mut Response<Body>, path: &str, window: &Window, last: &str, artifact_type: Option<&str>) {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(artifact_type) = artifact_type {
        query.append_pair("artifactType", artifact_type);
    }
    query.append_pair("last", last);
    query.append_pair("n", &window.limit.to_string());
    set(response.headers_mut(), LINK, &format!("<{path}?{}>; rel=\"next\"", query.finish()));
}
