//! A request of the registry protocol, parsed once: method, path and query into a
//! [`Call`] with typed fields, before anything is asked about the caller.
//!
//! Pure, so that it is tested without a server. The names have slashes in them, so
//! paths are read from their end (distribution-spec, "Endpoints").

use http::Method;
use minato_types::digest::{Algorithm, Digest};
use minato_types::id::UploadId;
use minato_types::name::RepositoryName;
use minato_types::reference::{InvalidReference, Reference, Tag};
use percent_encoding::percent_decode_str;

use crate::codes::Code;
use crate::error::Failure;
use crate::metrics::Operation;

/// Most names in one answer of a list, however many are asked for.
pub(crate) const MAX_PAGE: usize = 10_000;

/// Most tags that one manifest may be pushed with.
const MAX_TAGS: usize = 100;

/// A window of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// Most entries.
    pub(crate) limit: usize,
    /// The entry after which it begins; empty for the first.
    pub(crate) last: String,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    Base,
    Catalog(Window),
    TagsList { repo: RepositoryName, window: Window },
    Referrers { repo: RepositoryName, digest: Digest, artifact_type: Option<String>, window: Window },
    ManifestGet { repo: RepositoryName, reference: Reference, head: bool },
    ManifestPut { repo: RepositoryName, reference: Reference, tags: Vec<Tag> },
    ManifestDelete { repo: RepositoryName, reference: Reference },
    BlobGet { repo: RepositoryName, digest: Digest, head: bool },
    BlobDelete { repo: RepositoryName, digest: Digest },
    UploadStart { repo: RepositoryName, algorithm: Algorithm },
    UploadWhole { repo: RepositoryName, digest: Digest },
    UploadMount { repo: RepositoryName, digest: Digest, from: Option<RepositoryName>, algorithm: Algorithm },
    UploadStatus { repo: RepositoryName, upload: UploadId },
    UploadAppend { repo: RepositoryName, upload: UploadId },
    UploadFinish { repo: RepositoryName, upload: UploadId, digest: Digest },
    UploadCancel { repo: RepositoryName, upload: UploadId },
}

impl Call {
    /// As what it is counted.
    pub(crate) fn operation(&self) -> Operation {
        match self {
            Self::Base => Operation::BASE,
            Self::Catalog(_) => Operation::CATALOG,
            Self::TagsList { .. } => Operation::TAGS,
            Self::Referrers { .. } => Operation::REFERRERS,
            Self::ManifestGet { .. } | Self::ManifestPut { .. } | Self::ManifestDelete { .. } => {
                Operation::MANIFEST
            }
            Self::BlobGet { .. } | Self::BlobDelete { .. } => Operation::BLOB,
            Self::UploadStart { .. } | Self::UploadWhole { .. } | Self::UploadMount { .. } => {
                Operation::UPLOAD_START
            }
            Self::UploadStatus { .. }
            | Self::UploadAppend { .. }
            | Self::UploadFinish { .. }
            | Self::UploadCancel { .. } => Operation::UPLOAD,
        }
    }

    /// The scope that a caller without rights should ask a token for.
    pub(crate) fn scope(&self) -> String {
        let (repo, actions) = match self {
            Self::Base => return String::new(),
            Self::Catalog(_) => return "registry:catalog:*".to_owned(),
            Self::UploadMount { repo, from: Some(from), .. } => {
                return format!("repository:{repo}:pull,push repository:{from}:pull");
            }
            Self::TagsList { repo, .. }
            | Self::Referrers { repo, .. }
            | Self::ManifestGet { repo, .. }
            | Self::BlobGet { repo, .. } => (repo, "pull"),
            Self::ManifestPut { repo, .. }
            | Self::UploadStart { repo, .. }
            | Self::UploadWhole { repo, .. }
            | Self::UploadMount { repo, .. }
            | Self::UploadStatus { repo, .. }
            | Self::UploadAppend { repo, .. }
            | Self::UploadFinish { repo, .. }
            | Self::UploadCancel { repo, .. } => (repo, "pull,push"),
            Self::ManifestDelete { repo, .. } | Self::BlobDelete { repo, .. } => (repo, "delete"),
        };
        format!("repository:{repo}:{actions}")
    }
}

/// Parses a request whose path begins with `/v2/`.
pub(crate) fn parse(method: &Method, path: &str, query: &str) -> Result<Call, Failure> {
    let path = percent_decode_str(path).decode_utf8().map_err(|_| no_route())?;
    let path = path.strip_prefix("/v2").ok_or_else(no_route)?;
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let query = Query::parse(query);
    match segments.as_slice() {
        [] => only_reads(method, Call::Base),
        ["_catalog"] => only_reads(method, Call::Catalog(query.window()?)),
        [name @ .., "tags", "list"] => {
            only_reads(method, Call::TagsList { repo: repo(name)?, window: query.window()? })
        }
        [name @ .., "manifests", reference] => manifest(method, name, reference, &query),
        [name @ .., "referrers", digest] => {
            let call = Call::Referrers {
                repo: repo(name)?,
                digest: parse_digest(digest)?,
                artifact_type: query.get("artifactType").filter(|text| !text.is_empty()).map(str::to_owned),
                window: query.window()?,
            };
            only_reads(method, call)
        }
        [name @ .., "blobs", "uploads"] => upload_start(method, name, &query),
        [name @ .., "blobs", "uploads", upload] => upload_session(method, name, upload, &query),
        [name @ .., "blobs", digest] => blob(method, name, digest),
        _ => Err(no_route()),
    }
}

fn manifest(method: &Method, name: &[&str], reference: &str, query: &Query<'_>) -> Result<Call, Failure> {
    let repo = repo(name)?;
    let reference: Reference = reference.parse().map_err(|error: InvalidReference| match error {
        InvalidReference::Digest(error) => Failure::new(Code::DigestInvalid, error.to_string()),
        // What can't be a tag can't be there (the suite of distribution-spec 1.1 asks for 404).
        InvalidReference::Tag(error) if method != Method::PUT => {
            Failure::new(Code::ManifestUnknown, error.to_string())
        }
        InvalidReference::Tag(error) => Failure::new(Code::TagInvalid, error.to_string()),
    })?;
    match *method {
        Method::GET => Ok(Call::ManifestGet { repo, reference, head: false }),
        Method::HEAD => Ok(Call::ManifestGet { repo, reference, head: true }),
        Method::PUT => Ok(Call::ManifestPut { repo, reference, tags: query.tags()? }),
        Method::DELETE => Ok(Call::ManifestDelete { repo, reference }),
        _ => Err(wrong_method()),
    }
}

fn blob(method: &Method, name: &[&str], digest: &str) -> Result<Call, Failure> {
    let repo = repo(name)?;
    let digest = parse_digest(digest)?;
    match *method {
        Method::GET => Ok(Call::BlobGet { repo, digest, head: false }),
        Method::HEAD => Ok(Call::BlobGet { repo, digest, head: true }),
        Method::DELETE => Ok(Call::BlobDelete { repo, digest }),
        _ => Err(wrong_method()),
    }
}

fn upload_start(method: &Method, name: &[&str], query: &Query<'_>) -> Result<Call, Failure> {
    if method != Method::POST {
        return Err(wrong_method());
    }
    let repo = repo(name)?;
    let algorithm = query.algorithm()?;
    if let Some(digest) = query.get("mount") {
        let digest = parse_digest(digest)?;
        // A source that can't be a repository is one that can't be mounted from; the client
        // then uploads, as after any refused mount.
        let Some(from) = query.get("from").filter(|from| !from.is_empty()) else {
            return Ok(Call::UploadMount { repo, algorithm: digest.algorithm(), digest, from: None });
        };
        return Ok(match from.parse() {
            Ok(from) => Call::UploadMount { repo, algorithm: digest.algorithm(), digest, from: Some(from) },
            Err(_) => Call::UploadStart { repo, algorithm: digest.algorithm() },
        });
    }
    match query.get("digest") {
        Some(digest) => Ok(Call::UploadWhole { repo, digest: parse_digest(digest)? }),
        None => Ok(Call::UploadStart { repo, algorithm }),
    }
}

fn upload_session(method: &Method, name: &[&str], upload: &str, query: &Query<'_>) -> Result<Call, Failure> {
    let repo = repo(name)?;
    let unknown =
        |error: minato_types::id::InvalidUploadId| Failure::new(Code::BlobUploadUnknown, error.to_string());
    let upload: UploadId = upload.parse().map_err(unknown)?;
    match *method {
        Method::GET => Ok(Call::UploadStatus { repo, upload }),
        Method::PATCH => Ok(Call::UploadAppend { repo, upload }),
        Method::DELETE => Ok(Call::UploadCancel { repo, upload }),
        Method::PUT => {
            let digest = query
                .get("digest")
                .ok_or_else(|| Failure::new(Code::DigestInvalid, "the parameter `digest` is missing"))?;
            Ok(Call::UploadFinish { repo, upload, digest: parse_digest(digest)? })
        }
        _ => Err(wrong_method()),
    }
}

fn only_reads(method: &Method, call: Call) -> Result<Call, Failure> {
    if method == Method::GET || method == Method::HEAD { Ok(call) } else { Err(wrong_method()) }
}

fn repo(segments: &[&str]) -> Result<RepositoryName, Failure> {
    segments.join("/").parse().map_err(|error: minato_types::name::InvalidRepositoryName| {
        Failure::new(Code::NameInvalid, error.to_string())
    })
}

fn parse_digest(text: &str) -> Result<Digest, Failure> {
    text.parse().map_err(|error: minato_types::digest::InvalidDigest| {
        Failure::new(Code::DigestInvalid, error.to_string())
    })
}

fn no_route() -> Failure {
    Failure::new(Code::NotFound, "no such endpoint")
}

fn wrong_method() -> Failure {
    Failure::new(Code::Unsupported, "the endpoint does not know this method")
}

/// The query's parameters. Those that nobody asks for are ignored (`origin`, `ns`, `account`).
struct Query<'a>(Vec<(std::borrow::Cow<'a, str>, std::borrow::Cow<'a, str>)>);

impl<'a> Query<'a> {
    fn parse(text: &'a str) -> Self {
        if text.is_empty() {
            Self(Vec::new())
        } else {
            Self(form_urlencoded::parse(text.as_bytes()).collect())
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_ref())
    }

    fn window(&self) -> Result<Window, Failure> {
        let limit = match self.get("n") {
            None | Some("") => MAX_PAGE,
            Some(text) => text.parse::<usize>().map_err(|_| {
                Failure::new(
                    Code::PaginationNumberInvalid,
                    format!("`n` is `{text}`, expected a number from 0"),
                )
            })?,
        };
        Ok(Window { limit: limit.min(MAX_PAGE), last: self.get("last").unwrap_or("").to_owned() })
    }

    fn algorithm(&self) -> Result<Algorithm, Failure> {
        match self.get("digest-algorithm") {
            None => Ok(Algorithm::Sha256),
            Some(text) => text.parse().map_err(|_| {
                Failure::new(
                    Code::DigestInvalid,
                    format!("`digest-algorithm` is `{text}`, expected sha256 or sha512"),
                )
            }),
        }
    }

    fn tags(&self) -> Result<Vec<Tag>, Failure> {
        let given: Vec<&str> =
            self.0.iter().filter(|(key, _)| key == "tag").map(|(_, value)| value.as_ref()).collect();
        if given.len() > MAX_TAGS {
            return Err(Failure::new(Code::TagInvalid, format!("more than {MAX_TAGS} tags in one request")));
        }
        let mut tags = Vec::with_capacity(given.len());
        for text in given {
            let tag: Tag = text.parse().map_err(|error: minato_types::reference::InvalidTag| {
                Failure::new(Code::TagInvalid, error.to_string())
            })?;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Ok(tags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const D: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const U: &str = "6f1b1c1e-6f0a-4a6e-9a55-0b7b7d2f3c11";

    fn name(text: &str) -> RepositoryName {
        text.parse().unwrap()
    }

    fn ok(method: &Method, path: &str, query: &str) -> Call {
        parse(method, path, query).unwrap_or_else(|failure| panic!("{method} {path}: {failure:?}"))
    }

    fn refused(method: &Method, path: &str, query: &str) -> Code {
        parse(method, path, query).unwrap_err().code
    }

    #[test]
    fn every_endpoint() {
        let repo = name("p/a/b");
        let digest: Digest = D.parse().unwrap();
        let upload: UploadId = U.parse().unwrap();
        let all = Window { limit: MAX_PAGE, last: String::new() };
        assert_eq!(ok(&Method::GET, "/v2/", ""), Call::Base);
        assert_eq!(ok(&Method::GET, "/v2/_catalog", ""), Call::Catalog(all.clone()));
        assert_eq!(
            ok(&Method::GET, "/v2/p/a/b/tags/list", "n=5&last=x"),
            Call::TagsList { repo: repo.clone(), window: Window { limit: 5, last: "x".to_owned() } }
        );
        let reference = Reference::Digest(digest.clone());
        assert_eq!(
            ok(&Method::HEAD, &format!("/v2/p/a/b/manifests/{D}"), ""),
            Call::ManifestGet { repo: repo.clone(), reference: reference.clone(), head: true }
        );
        let tags = vec!["x".parse().unwrap(), "y".parse().unwrap()];
        assert_eq!(
            ok(&Method::PUT, &format!("/v2/p/a/b/manifests/{D}"), "tag=x&tag=y&tag=x"),
            Call::ManifestPut { repo: repo.clone(), reference, tags }
        );
        assert_eq!(
            ok(&Method::GET, &format!("/v2/p/a/b/referrers/{D}"), "artifactType=a%2Fb"),
            Call::Referrers {
                repo: repo.clone(),
                digest: digest.clone(),
                artifact_type: Some("a/b".to_owned()),
                window: all
            }
        );
        for path in ["/v2/p/a/b/blobs/uploads/", "/v2/p/a/b/blobs/uploads", "/v2/p%2Fa/b//blobs/uploads/"] {
            let call = Call::UploadStart { repo: repo.clone(), algorithm: Algorithm::Sha256 };
            assert_eq!(ok(&Method::POST, path, ""), call);
        }
        assert_eq!(
            ok(&Method::POST, "/v2/p/a/b/blobs/uploads/", &format!("mount={D}&from=p/other&origin=x")),
            Call::UploadMount {
                repo: repo.clone(),
                digest: digest.clone(),
                from: Some(name("p/other")),
                algorithm: Algorithm::Sha256
            }
        );
        assert_eq!(
            ok(
                &Method::PUT,
                &format!("/v2/p/a/b/blobs/uploads/{U}"),
                &format!("digest={}", D.replace(':', "%3A"))
            ),
            Call::UploadFinish { repo, upload, digest }
        );
    }

    #[test]
    fn names_that_look_like_endpoints() {
        let call = ok(&Method::GET, &format!("/v2/p/blobs/uploads/blobs/{D}"), "");
        assert!(matches!(call, Call::BlobGet { repo, .. } if repo == name("p/blobs/uploads")));
        let call = ok(&Method::GET, "/v2/p/manifests/manifests/x", "");
        assert!(matches!(call, Call::ManifestGet { repo, .. } if repo == name("p/manifests")));
    }

    #[test]
    fn what_is_refused_and_how() {
        assert_eq!(refused(&Method::GET, "/v2/p/a/other", ""), Code::NotFound);
        assert_eq!(refused(&Method::GET, "/v2/a/manifests/1", ""), Code::NameInvalid, "no project");
        assert_eq!(refused(&Method::GET, "/v2/p/A/manifests/1", ""), Code::NameInvalid);
        assert_eq!(refused(&Method::GET, "/v2/p/../../etc/manifests/1", ""), Code::NameInvalid);
        assert_eq!(refused(&Method::GET, "/v2/p/a/manifests/sha256:1", ""), Code::DigestInvalid);
        assert_eq!(refused(&Method::PUT, "/v2/p/a/manifests/-x", ""), Code::TagInvalid);
        assert_eq!(refused(&Method::GET, "/v2/p/a/manifests/.INVALID", ""), Code::ManifestUnknown);
        assert_eq!(refused(&Method::GET, "/v2/p/a/blobs/latest", ""), Code::DigestInvalid);
        assert_eq!(refused(&Method::PATCH, "/v2/p/a/blobs/uploads/1", ""), Code::BlobUploadUnknown);
        assert_eq!(refused(&Method::PUT, &format!("/v2/p/a/blobs/uploads/{U}"), ""), Code::DigestInvalid);
        assert_eq!(refused(&Method::POST, "/v2/p/a/blobs/uploads/", "digest=x"), Code::DigestInvalid);
        assert_eq!(refused(&Method::POST, "/v2/p/a/manifests/1", ""), Code::Unsupported);
        assert_eq!(refused(&Method::GET, "/v2/p/a/tags/list", "n=-1"), Code::PaginationNumberInvalid);
        assert_eq!(refused(&Method::POST, "/v2/_catalog", ""), Code::Unsupported);
    }

    #[test]
    fn the_scope_to_ask_for() {
        let call = ok(&Method::POST, "/v2/p/a/blobs/uploads/", &format!("mount={D}&from=q/b"));
        assert_eq!(call.scope(), "repository:p/a:pull,push repository:q/b:pull");
        assert_eq!(ok(&Method::DELETE, "/v2/p/a/manifests/1", "").scope(), "repository:p/a:delete");
        assert_eq!(ok(&Method::GET, "/v2/", "").scope(), "");
    }
}
