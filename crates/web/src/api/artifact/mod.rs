//! Artifacts, their tags, accessories and additions. How they look is in `view`.

mod view;

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Json, Response};
use http::header::{CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderMap, StatusCode, Uri};
use minato_core::artifact::Wanted;
use minato_core::artifact::addition::{InvalidPart, Part};
use minato_core::authz::{
    self, AccessoryList, ArtifactAdditionRead, ArtifactCreate, ArtifactDelete, ArtifactList, ArtifactRead,
    TagCreate, TagDelete, TagList,
};
use minato_core::{App, Error, Noun};
use minato_types::name::RepositoryName;
use minato_types::reference::{self, InvalidTag, Reference};
use minato_types::scan::ReportKind;
use serde::Deserialize;
use utoipa::ToSchema;

pub(super) use self::view::IdentityView;
use self::view::{AccessoryView, ArtifactView, TagView, repository_path};
use super::grant::{self, Anybody, Project, Repository, SignedIn};
use super::operation::{LIST, Operation, PAGE, Parameter, Verb, flag, header, text};
use super::paging::{Body, ListQuery, parameter, switch};
use crate::codes::Code;
use crate::error::Failure;

/// What lists and details of artifacts take beside the page.
const SWITCHES: [Parameter; 8] = [
    header("X-Accept-Vulnerabilities"),
    flag("with_tag"),
    flag("with_label"),
    flag("with_scan_overview"),
    flag("with_sbom_overview"),
    flag("with_immutable_status"),
    flag("with_accessory"),
    flag("with_inherited_accessory"),
];

pub(super) fn operations() -> Vec<Operation> {
    const ALL: &str = "/projects/{project_name}/repositories/{repository_name}/artifacts";
    const ONE: &str = "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}";
    vec![
        Operation::new(Verb::Get, ALL, "listArtifacts", "artifact")
            .takes(LIST)
            .takes(SWITCHES)
            .lists::<ArtifactView>()
            .fails(&[400, 401, 403, 404, 422, 500])
            .by(list_artifacts),
        Operation::new(Verb::Post, ALL, "CopyArtifact", "artifact")
            .takes([text("from").required()])
            .creates()
            .fails(&[400, 401, 403, 404, 405, 500])
            .by(copy_artifact),
        Operation::new(Verb::Get, ONE, "getArtifact", "artifact")
            .takes(PAGE)
            .takes(SWITCHES)
            .takes([flag("with_signature")])
            .answers::<ArtifactView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(get_artifact),
        Operation::new(Verb::Delete, ONE, "deleteArtifact", "artifact")
            .fails(&[401, 403, 404, 500])
            .by(delete_artifact),
        Operation::new(
            Verb::Get,
            "/projects/{project_name_or_id}/artifacts",
            "listArtifactsOfProject",
            "project",
        )
        .takes(LIST)
        .takes(SWITCHES)
        .takes([flag("latest_in_repository")])
        .lists::<ArtifactView>()
        .fails(&[400, 401, 403, 404, 422, 500])
        .by(list_artifacts_of_project),
    ]
    .into_iter()
    .chain(operations_on_parts())
    .collect()
}

fn operations_on_parts() -> Vec<Operation> {
    const TAGS: &str = "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/tags";
    const TAG: &str =
        "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/tags/{tag_name}";
    const ACCESSORIES: &str =
        "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/accessories";
    const ADDITION: &str =
        "/projects/{project_name}/repositories/{repository_name}/artifacts/{reference}/additions/{addition}";
    vec![
        Operation::new(Verb::Post, TAGS, "createTag", "artifact")
            .body::<TagRequest>()
            .creates()
            .fails(&[400, 401, 403, 404, 405, 409, 500])
            .by(create_tag),
        Operation::new(Verb::Get, TAGS, "listTags", "artifact")
            .takes(LIST)
            .takes([flag("with_immutable_status")])
            .lists::<TagView>()
            .fails(&[400, 401, 403, 404, 422, 500])
            .by(list_tags),
        Operation::new(Verb::Delete, TAG, "deleteTag", "artifact")
            .fails(&[401, 403, 404, 500])
            .by(delete_tag),
        Operation::new(Verb::Get, ACCESSORIES, "listAccessories", "artifact")
            .takes(LIST)
            .lists::<AccessoryView>()
            .fails(&[400, 401, 403, 404, 500])
            .by(list_accessories),
        Operation::new(Verb::Get, ADDITION, "getAddition", "artifact")
            .answers_text("text/plain")
            .with_header("Content-Type")
            .fails(&[400, 401, 403, 404, 422, 500])
            .by(get_addition),
    ]
}

/// The artifact that the path names; what can't be a reference names none.
pub(in crate::api) struct Named(pub(in crate::api) Reference);

impl FromRequestParts<Arc<App>> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        parsed(parts, app, "reference", Noun::Artifact).await.map(Self)
    }
}

/// The tag that the path names.
struct NamedTag(reference::Tag);

impl FromRequestParts<Arc<App>> for NamedTag {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        parsed(parts, app, "tag_name", Noun::Tag).await.map(Self)
    }
}

/// The addition that the path names.
struct NamedPart(Part);

impl FromRequestParts<Arc<App>> for NamedPart {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let name = grant::parameter(parts, app, "addition").await.unwrap_or_default();
        name.parse().map(Self).map_err(|why: InvalidPart| {
            Failure::new(Code::UnprocessableEntity, format!("addition in path: {why}"))
        })
    }
}

async fn parsed<T: FromStr>(parts: &mut Parts, app: &Arc<App>, name: &str, noun: Noun) -> Result<T, Failure> {
    let text = grant::parameter(parts, app, name).await.unwrap_or_default();
    text.parse().map_err(|_| Error::NotFound(noun).into())
}

/// The forms of reports that the client takes, the best first; the one of Harbor's contract when it does not
/// say, and the older one when it names none that there is.
pub(in crate::api) struct Accepted(pub(in crate::api) &'static [ReportKind]);

impl Accepted {
    fn of(headers: &HeaderMap) -> Self {
        use ReportKind::{Generic, Native};
        let Some(header) = headers.get("x-accept-vulnerabilities") else {
            return Self(&[Generic, Native]);
        };
        let named = header.to_str().unwrap_or_default().split(',');
        let named: Vec<ReportKind> = named.filter_map(|name| ReportKind::parse(name.trim())).collect();
        Self(match named.as_slice() {
            [Generic] => &[Generic],
            [Generic, ..] => &[Generic, Native],
            [Native, _, ..] => &[Native, Generic],
            _ => &[Native],
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Accepted {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

/// What the query wants to be told; lists of projects tell of accessories only when asked.
fn wanted(uri: &Uri, Accepted(accepted): Accepted, accessories: bool) -> Result<Wanted, Failure> {
    Ok(Wanted {
        tags: switch(uri, "with_tag", true)?,
        immutable: switch(uri, "with_immutable_status", false)?,
        labels: switch(uri, "with_label", false)?,
        accessories: switch(uri, "with_accessory", accessories)?,
        inherited: switch(uri, "with_inherited_accessory", false)?,
        scan: if switch(uri, "with_scan_overview", false)? { accepted } else { &[] },
    })
}

/// A new tag.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewTag)]
struct TagRequest {
    name: String,
}

/// Lists the artifacts of a repository (listArtifacts).
async fn list_artifacts(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<ArtifactList>,
    ListQuery { query, paging }: ListQuery,
    accepted: Accepted,
    uri: Uri,
) -> Result<Response, Failure> {
    let wanted = wanted(&uri, accepted, true)?;
    let page = minato_core::artifact::list(&app, &grant, &query, paging.window(), wanted).await?;
    let views: Vec<ArtifactView> = page.items.into_iter().map(ArtifactView::from).collect();
    Ok(paging.answer(&views, page.total))
}

/// Lists the artifacts of a project (listArtifactsOfProject). Needs signing in, for a public project
/// as well, as in Harbor.
async fn list_artifacts_of_project(
    State(app): State<Arc<App>>,
    SignedIn(_): SignedIn,
    Project(grant): Project<ArtifactList>,
    ListQuery { query, paging }: ListQuery,
    accepted: Accepted,
    uri: Uri,
) -> Result<Response, Failure> {
    let (wanted, latest) = (wanted(&uri, accepted, false)?, switch(&uri, "latest_in_repository", false)?);
    let page =
        minato_core::artifact::list_of_project(&app, &grant, latest, &query, paging.window(), wanted).await?;
    let views: Vec<ArtifactView> = page.items.into_iter().map(ArtifactView::from).collect();
    Ok(paging.answer(&views, page.total))
}

/// Copies an artifact into the repository (`CopyArtifact`).
async fn copy_artifact(
    State(app): State<Arc<App>>,
    Repository(to): Repository<ArtifactCreate>,
    Anybody(_, principal): Anybody,
    uri: Uri,
) -> Result<Response, Failure> {
    let (name, reference) = source(&parameter(&uri, "from").unwrap_or_default())?;
    let from = authz::repository_by_api::<ArtifactRead>(&app, &principal, &name).await?;
    minato_core::artifact::copy(&app, &to, (&from, &reference)).await?;
    let location = format!("{}/artifacts/{reference}", repository_path(to.name()));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// `project/repository@digest` or `project/repository:tag`.
fn source(text: &str) -> Result<(RepositoryName, Reference), Error> {
    let wrong = || {
        let why =
            format!("`{text}` is not of the form `project/repository@digest` or `project/repository:tag`");
        Error::invalid("from", why)
    };
    let (name, reference) = text.split_once('@').or_else(|| text.rsplit_once(':')).ok_or_else(wrong)?;
    Ok((name.parse().map_err(|_| wrong())?, reference.parse().map_err(|_| wrong())?))
}

/// Shows an artifact (getArtifact).
async fn get_artifact(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<ArtifactRead>,
    Named(reference): Named,
    accepted: Accepted,
    uri: Uri,
) -> Result<Json<ArtifactView>, Failure> {
    let wanted = wanted(&uri, accepted, true)?;
    Ok(Json(minato_core::artifact::get(&app, &grant, &reference, wanted).await?.into()))
}

/// Deletes an artifact (deleteArtifact).
async fn delete_artifact(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<ArtifactDelete>,
    Named(reference): Named,
) -> Result<StatusCode, Failure> {
    minato_core::artifact::delete(&app, &grant, &reference).await?;
    Ok(StatusCode::OK)
}

/// Gives an artifact a new tag (createTag).
async fn create_tag(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<TagCreate>,
    Named(reference): Named,
    Body(new): Body<TagRequest>,
) -> Result<Response, Failure> {
    let tag = new.name.parse().map_err(|why: InvalidTag| Error::invalid("name", why.to_string()))?;
    minato_core::tag::create(&app, &grant, &reference, &tag).await?;
    let location = format!("{}/artifacts/{reference}/tags/{tag}", repository_path(grant.name()));
    Ok((StatusCode::CREATED, [(LOCATION, location)]).into_response())
}

/// Lists the tags of an artifact (listTags).
async fn list_tags(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<TagList>,
    Named(reference): Named,
    ListQuery { query, paging }: ListQuery,
    uri: Uri,
) -> Result<Response, Failure> {
    let immutable = switch(&uri, "with_immutable_status", false)?;
    let window = paging.window();
    let page = minato_core::tag::list_of(&app, &grant, &reference, immutable, &query, window).await?;
    let views: Vec<TagView> = page.items.into_iter().map(TagView::from).collect();
    Ok(paging.answer(&views, page.total))
}

/// Deletes a tag of an artifact (deleteTag).
async fn delete_tag(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<TagDelete>,
    Named(reference): Named,
    NamedTag(tag): NamedTag,
) -> Result<StatusCode, Failure> {
    minato_core::tag::delete_of(&app, &grant, &reference, &tag).await?;
    Ok(StatusCode::OK)
}

/// Lists the accessories of an artifact (listAccessories).
async fn list_accessories(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<AccessoryList>,
    Named(reference): Named,
    ListQuery { query, paging }: ListQuery,
) -> Result<Response, Failure> {
    let window = paging.window();
    let page = minato_core::artifact::list_accessories(&app, &grant, &reference, &query, window).await?;
    let views: Vec<AccessoryView> = page.items.into_iter().map(AccessoryView::from).collect();
    Ok(paging.answer(&views, page.total))
}

/// Shows what is inside of an artifact (getAddition).
async fn get_addition(
    State(app): State<Arc<App>>,
    Repository(grant): Repository<ArtifactAdditionRead>,
    Named(reference): Named,
    NamedPart(part): NamedPart,
) -> Result<Response, Failure> {
    let found = minato_core::artifact::addition::get(&app, &grant, &reference, part).await?;
    Ok(([(CONTENT_TYPE, found.content_type)], found.content).into_response())
}
