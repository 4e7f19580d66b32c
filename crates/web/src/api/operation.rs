//! Operations: what the table of contents says of each, and what follows from it: the route, and
//! Minato's own description of its API (`OpenAPI` 3.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::middleware::{map_request, map_response};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use minato_core::App;
use utoipa::openapi::path::{
    HttpMethod, Operation as Description, OperationBuilder, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{Array, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder,
    Ref, RefOr, Required, ResponseBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::metrics;

/// The methods of the contract.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

/// A parameter that is not in the path.
#[derive(Clone)]
pub(super) struct Parameter {
    name: &'static str,
    place: Place,
    kind: Type,
    required: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Query,
    Header,
}

/// One operation of the API.
pub(super) struct Operation {
    verb: Verb,
    path: &'static str,
    id: &'static str,
    tag: &'static str,
    parameters: Vec<Parameter>,
    body: Option<RefOr<Schema>>,
    success: u16,
    content: Option<(&'static str, RefOr<Schema>)>,
    headers: Vec<&'static str>,
    failures: Vec<u16>,
    schemas: Vec<(String, RefOr<Schema>)>,
    route: MethodRouter<Arc<App>>,
}

/// A text in the query.
pub(super) const fn text(name: &'static str) -> Parameter {
    Parameter { name, place: Place::Query, kind: Type::String, required: false }
}

/// A list of texts in the query.
pub(super) const fn texts(name: &'static str) -> Parameter {
    Parameter { name, place: Place::Query, kind: Type::Array, required: false }
}

/// A whole number in the query.
pub(super) const fn number(name: &'static str) -> Parameter {
    Parameter { name, place: Place::Query, kind: Type::Integer, required: false }
}

/// `true` or `false` in the query.
pub(super) const fn flag(name: &'static str) -> Parameter {
    Parameter { name, place: Place::Query, kind: Type::Boolean, required: false }
}

/// A text in a header.
pub(super) const fn header(name: &'static str) -> Parameter {
    Parameter { name, place: Place::Header, kind: Type::String, required: false }
}

/// `true` or `false` in a header.
pub(super) const fn header_flag(name: &'static str) -> Parameter {
    Parameter { name, place: Place::Header, kind: Type::Boolean, required: false }
}

impl Parameter {
    /// One that must be there.
    pub(super) const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// What lists take beside their own parameters.
pub(super) const LIST: [Parameter; 4] = [text("q"), text("sort"), number("page"), number("page_size")];
/// What lists without conditions take.
pub(super) const PAGE: [Parameter; 2] = [number("page"), number("page_size")];

impl Operation {
    /// An operation of the contract, under its operationId and tag.
    pub(super) fn new(verb: Verb, path: &'static str, id: &'static str, tag: &'static str) -> Self {
        let mut parameters = Vec::new();
        if path.contains("{project_name_or_id}") {
            parameters.push(header_flag("X-Is-Resource-Name"));
        }
        Self {
            verb,
            path,
            id,
            tag,
            parameters,
            body: None,
            success: 200,
            content: None,
            headers: Vec::new(),
            failures: Vec::new(),
            schemas: Vec::new(),
            route: MethodRouter::new(),
        }
    }

    /// Takes these parameters.
    pub(super) fn takes(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// Takes a JSON body.
    pub(super) fn body<T: ToSchema>(mut self) -> Self {
        self.body = Some(self.refer::<T>());
        self
    }

    /// Answers with JSON.
    pub(super) fn answers<T: ToSchema>(mut self) -> Self {
        self.content = Some(("application/json", self.refer::<T>()));
        self
    }

    /// Answers with all of these.
    pub(super) fn answers_all<T: ToSchema>(mut self) -> Self {
        let array = Array::new(self.refer::<T>());
        self.content = Some(("application/json", RefOr::T(Schema::Array(array))));
        self
    }

    /// Answers with a page of these.
    pub(super) fn lists<T: ToSchema>(mut self) -> Self {
        self = self.answers_all::<T>();
        self.headers.extend(["X-Total-Count", "Link"]);
        self
    }

    /// Answers with text of this media type.
    pub(super) fn answers_text(mut self, media_type: &'static str) -> Self {
        self.content = Some((media_type, plain(Type::String)));
        self
    }

    /// Answers with JSON of any shape.
    pub(super) fn answers_object(mut self) -> Self {
        self.content = Some(("application/json", plain(Type::Object)));
        self
    }

    /// Makes something, and says where it is.
    pub(super) fn creates(mut self) -> Self {
        self.success = 201;
        self.headers.push("Location");
        self
    }

    /// Has something done after the answer.
    pub(super) fn accepts(mut self) -> Self {
        self.success = 202;
        self
    }

    /// Answers with this header.
    pub(super) fn with_header(mut self, name: &'static str) -> Self {
        self.headers.push(name);
        self
    }

    /// May fail with these statuses, as the contract has them.
    pub(super) fn fails(mut self, statuses: &[u16]) -> Self {
        self.failures.extend(statuses);
        self
    }

    /// Is done by this function.
    pub(super) fn by<H: Handler<T, Arc<App>>, T: 'static>(mut self, handler: H) -> Self {
        self.route = on(self.verb.filter(), handler);
        self
    }

    /// Refers to a type, and remembers it and all that it refers to itself.
    fn refer<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = T::name().into_owned();
        T::schemas(&mut self.schemas);
        self.schemas.push((name.clone(), <T as PartialSchema>::schema()));
        RefOr::Ref(Ref::from_schema_name(name))
    }

    fn describe(&self) -> Description {
        let path_parameters =
            self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(|name| {
                let kind = if is_number(name) { Type::Integer } else { Type::String };
                ParameterBuilder::new()
                    .name(name)
                    .parameter_in(ParameterIn::Path)
                    .required(Required::True)
                    .schema(Some(plain(kind)))
                    .build()
            });
        let request_id = header("X-Request-Id");
        let others = self.parameters.iter().chain([&request_id]).map(Parameter::describe);
        let mut operation = OperationBuilder::new()
            .operation_id(Some(self.id))
            .tag(self.tag)
            .parameters(Some(path_parameters.chain(others).collect::<Vec<_>>()));
        if let Some(body) = &self.body {
            let content = ContentBuilder::new().schema(Some(body.clone())).build();
            let body = RequestBodyBuilder::new().content("application/json", content);
            operation = operation.request_body(Some(body.required(Some(Required::True)).build()));
        }
        let mut success = ResponseBuilder::new().description("Done.");
        if let Some((media_type, schema)) = &self.content {
            success =
                success.content(*media_type, ContentBuilder::new().schema(Some(schema.clone())).build());
        }
        for name in &self.headers {
            success = success.header(*name, HeaderBuilder::new().schema(Some(plain(Type::String))).build());
        }
        operation = operation.response(self.success.to_string(), success.build());
        for status in &self.failures {
            let schema = Some(RefOr::Ref(Ref::from_schema_name("Errors")));
            let content = ContentBuilder::new().schema(schema).build();
            let failure =
                ResponseBuilder::new().description(reason(*status)).content("application/json", content);
            operation = operation.response(status.to_string(), failure.build());
        }
        operation.build()
    }
}

impl Parameter {
    fn describe(&self) -> utoipa::openapi::path::Parameter {
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(match self.place {
                Place::Query => ParameterIn::Query,
                Place::Header => ParameterIn::Header,
            })
            .required(if self.required { Required::True } else { Required::False })
            .schema(Some(plain(self.kind.clone())))
            .build()
    }
}

impl Verb {
    const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Head => MethodFilter::HEAD,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }

    fn method(self) -> HttpMethod {
        match self {
            Self::Get => HttpMethod::Get,
            Self::Head => HttpMethod::Head,
            Self::Post => HttpMethod::Post,
            Self::Put => HttpMethod::Put,
            Self::Patch => HttpMethod::Patch,
            Self::Delete => HttpMethod::Delete,
        }
    }
}

fn plain(kind: Type) -> RefOr<Schema> {
    if kind == Type::Array {
        return RefOr::T(Schema::Array(Array::new(plain(Type::String))));
    }
    RefOr::T(Schema::Object(ObjectBuilder::new().schema_type(SchemaType::new(kind)).build()))
}

fn reason(status: u16) -> &'static str {
    http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error")
}

/// Parameters of paths that are row ids.
fn is_number(name: &str) -> bool {
    const NUMBERS: [&str; 18] = [
        "mid",
        "id",
        "user_id",
        "group_id",
        "robot_id",
        "label_id",
        "immutable_rule_id",
        "task_id",
        "gc_id",
        "purge_id",
        "fsck_id",
        "scrub_id",
        "quarantine_id",
        "deletion_id",
        "eid",
        "execution_id",
        "webhook_policy_id",
        "tid",
    ];
    NUMBERS.contains(&name)
}

/// Stands in the extensions of a request whose path takes a project's name only, and no id.
#[derive(Clone, Copy)]
pub(super) struct ByName;

/// The routes of all operations, without the prefix. A project is called `{project}` there, however
/// the contract calls it, as the router wants one name for one place.
pub(super) fn routes(operations: &[Operation]) -> Router<Arc<App>> {
    let mut by_path: BTreeMap<String, MethodRouter<Arc<App>>> = BTreeMap::new();
    for (index, operation) in operations.iter().enumerate() {
        let mark = map_response(move |mut response: Response| async move {
            response.extensions_mut().insert(metrics::Operation::of_api(index));
            response
        });
        let is_named = operation.path.contains("{project_name}");
        let name = map_request(move |mut request: Request| async move {
            if is_named {
                request.extensions_mut().insert(ByName);
            }
            request
        });
        let route = operation.route.clone().route_layer(mark).route_layer(name);
        let path = operation
            .path
            .replace("{project_name_or_id}", "{project}")
            .replace("{project_name}", "{project}");
        // With and without a slash at the end, as Harbor's router has it: the contract ends some
        // paths in one, and clients leave it out, or write it where there is none.
        let bare = path.trim_end_matches('/').to_owned();
        for path in [format!("{bare}/"), bare] {
            let known = by_path.remove(&path).unwrap_or_default();
            by_path.insert(path, known.merge(route.clone()));
        }
    }
    by_path.into_iter().fold(Router::new(), |router, (path, route)| router.route(&path, route))
}

/// The operationId and the whole path of each.
pub(super) fn names(operations: &[Operation]) -> Vec<(&'static str, String)> {
    operations.iter().map(|operation| (operation.id, format!("/api/v2.0{}", operation.path))).collect()
}

/// The description of all operations.
pub(super) fn describe(operations: &[Operation]) -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut components = ComponentsBuilder::new();
    for operation in operations {
        let item = PathItem::new(operation.verb.method(), operation.describe());
        paths = paths.path(operation.path, item);
        components = components.schemas_from_iter(operation.schemas.clone());
    }
    components = components.schema("Errors", <crate::error::ErrorsView as PartialSchema>::schema());
    components = components.schema("Error", <crate::error::ErrorView as PartialSchema>::schema());
    components = components.security_scheme("basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Minato")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some("The management API, as Harbor's clients know it."))
                .build(),
        )
        .servers(Some([utoipa::openapi::Server::new("/api/v2.0")]))
        .security(Some([SecurityRequirement::new("basic", [""; 0])]))
        .paths(paths)
        .components(Some(components.build()))
        .build()
}
