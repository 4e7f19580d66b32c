//! Figures for Prometheus, on a port of their own: numbers tell what goes on, and are not for
//! everybody.
//!
//! The page has parts, one for each of Harbor's processes that has one there, and one of ours.
//! `?comp=` asks for one of them, as behind Harbor's nginx; without it there are all.

mod family;
mod figures;
mod record;
mod requests;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use minato_core::App;

use crate::server::Answers;
use family::Family;
pub(crate) use record::{Operation, Recorder, Watch};

/// What of the figures is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Core,
    Registry,
    Jobservice,
    Exporter,
    Minato,
}

impl Part {
    const ALL: [Self; 5] = [Self::Core, Self::Registry, Self::Jobservice, Self::Exporter, Self::Minato];

    const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Registry => "registry",
            Self::Jobservice => "jobservice",
            Self::Exporter => "exporter",
            Self::Minato => "minato",
        }
    }

    /// The parts that a query asks for; `None` if it names one that there is not.
    fn asked(query: &str) -> Option<Vec<Self>> {
        let asked = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "comp");
        match asked {
            None => Some(Self::ALL.to_vec()),
            Some((_, name)) => Self::ALL.into_iter().find(|part| part.name() == name).map(|part| vec![part]),
        }
    }
}

/// What answers `/metrics`.
#[derive(Clone)]
pub struct MetricsPage {
    app: Arc<App>,
    recorder: Arc<Recorder>,
}

impl MetricsPage {
    pub(crate) fn new(app: Arc<App>, recorder: Arc<Recorder>) -> Self {
        Self { app, recorder }
    }

    async fn families(&self, part: Part) -> Vec<Family> {
        match part {
            Part::Core => requests::core(&self.recorder),
            Part::Registry => requests::registry(&self.recorder),
            Part::Jobservice => figures::jobservice(&self.app),
            Part::Exporter => figures::exporter(&self.app).await,
            Part::Minato => figures::minato(&self.app).await,
        }
    }
}

impl Answers for MetricsPage {
    async fn serve(&self, request: Request<Body>, _: IpAddr) -> Response<Body> {
        if request.uri().path() != "/metrics" {
            return plain(StatusCode::NOT_FOUND, "There is nothing here but /metrics.\n".to_owned());
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "GET it.\n".to_owned());
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let Some(parts) = Part::asked(request.uri().query().unwrap_or("")) else {
            let names = Part::ALL.map(Part::name).join(", ");
            return plain(StatusCode::BAD_REQUEST, format!("`comp` is none of {names}.\n"));
        };
        let mut families = Vec::new();
        for part in parts {
            families.extend(self.families(part).await);
        }
        match family::encode(families) {
            Ok(text) => {
                let mut response = Response::new(Body::from(text));
                let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
                response.headers_mut().insert(CONTENT_TYPE, text);
                response
            }
            Err(error) => {
                tracing::error!(%error, "the figures can't be written");
                plain(StatusCode::INTERNAL_SERVER_ERROR, "The figures can't be written.\n".to_owned())
            }
        }
    }
}

fn plain(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_asked_for_by_name() {
        assert_eq!(Part::asked(""), Some(Part::ALL.to_vec()));
        assert_eq!(Part::asked("x=1&comp=jobservice"), Some(vec![Part::Jobservice]));
        assert_eq!(Part::asked("comp=nothing"), None);
        assert_eq!(Part::asked("comp="), None);
    }
}
