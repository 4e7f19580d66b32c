//! What an operator says about a bucket, read from one URL:
//!
//! ```text
//! s3://BUCKET[/PREFIX][?PARAMETER=VALUE[&…]]
//! ```
//!
//! | parameter | meaning | without it |
//! |---|---|---|
//! | `endpoint` | `http://` or `https://` address of the S3 service | Amazon's |
//! | `region` | region that requests are signed for | `us-east-1` |
//! | `path-style` | `true`: the bucket is in the path, `false`: in the host name | `true` with `endpoint`, else `false` |
//! | `redirect` | `true`: clients are sent to S3 for blobs | `false`, or `true` with `redirect-endpoint` |
//! | `redirect-endpoint` | the address that clients reach S3 under | that of `endpoint` |
//!
//! Keys are no part of the URL, which gets printed and logged; the caller hands them in.

use std::borrow::Cow;

use minato_types::secret::Secret;
use object_store::signer::Url;

const ALLOWED: &str = "`endpoint`, `region`, `path-style`, `redirect` and `redirect-endpoint`";
const DEFAULT_REGION: &str = "us-east-1";

/// The keys that requests are signed with.
#[derive(Clone, Debug)]
pub struct S3Credentials {
    /// The public half.
    pub access_key_id: String,
    /// The secret half.
    pub secret_access_key: Secret,
    /// Comes with temporary keys.
    pub session_token: Option<Secret>,
}

/// Where blobs may be fetched by clients themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum S3Redirect {
    /// Nowhere: Minato passes the bytes on.
    Off,
    /// At the address that Minato uses itself.
    SameEndpoint,
    /// At an address of their own.
    Endpoint(String),
}

/// A bucket and how to reach it.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// The bucket's name.
    pub bucket: String,
    /// What all keys begin with, without slashes at the ends; may be empty.
    pub prefix: String,
    /// The service's address; `None` is Amazon's for the region.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// Whether the bucket is in the path and not in the host name.
    pub path_style: bool,
    /// Whether clients are sent to S3.
    pub redirect: S3Redirect,
    /// What requests are signed with.
    pub credentials: S3Credentials,
}

impl S3Config {
    /// Reads `url`. The error is one sentence for the operator.
    pub fn parse(url: &str, credentials: S3Credentials) -> Result<Self, String> {
        let parsed = Url::parse(url).map_err(|error| format!("`{url}` is no URL: {error}"))?;
        if parsed.scheme() != "s3" {
            return Err(format!("the storage URL begins with `{}://`, not with `s3://`", parsed.scheme()));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() || parsed.port().is_some() {
            // Not repeated: there may be a secret in it.
            return Err("the storage URL must have the form `s3://bucket/prefix?…`, \
                        without user, password or port"
                .to_owned());
        }
        let bucket = parsed.host_str().unwrap_or_default().to_owned();
        if bucket.is_empty() {
            return Err(format!("`{url}` names no bucket; write `s3://bucket/prefix`"));
        }
        let prefix = parsed.path().trim_matches('/').to_owned();
        if !is_plain_prefix(&prefix) {
            return Err(format!(
                "the prefix `{prefix}` may hold letters, digits, `-`, `_`, `.` and single slashes only"
            ));
        }
        let mut config = Self {
            bucket,
            prefix,
            endpoint: None,
            region: DEFAULT_REGION.to_owned(),
            path_style: false,
            redirect: S3Redirect::Off,
            credentials,
        };
        config.take_parameters(&parsed)?;
        Ok(config)
    }

    fn take_parameters(&mut self, url: &Url) -> Result<(), String> {
        let (mut path_style, mut redirect, mut redirect_endpoint) = (None, None, None);
        let mut seen = Vec::<Cow<'_, str>>::new();
        for (name, value) in url.query_pairs() {
            if seen.contains(&name) {
                return Err(format!("`{name}` is given twice in the storage URL"));
            }
            match name.as_ref() {
                "endpoint" => self.endpoint = Some(parse_endpoint(&name, &value)?),
                "region" if !value.is_empty() => self.region = value.into_owned(),
                "path-style" => path_style = Some(parse_switch(&name, &value)?),
                "redirect" => redirect = Some(parse_switch(&name, &value)?),
                "redirect-endpoint" => redirect_endpoint = Some(parse_endpoint(&name, &value)?),
                "region" => return Err("`region` in the storage URL is empty".to_owned()),
                _ => {
                    return Err(format!(
                        "unknown parameter `{name}` in the storage URL; known are {ALLOWED}"
                    ));
                }
            }
            seen.push(name);
        }
        self.path_style = path_style.unwrap_or(self.endpoint.is_some());
        self.redirect = match (redirect, redirect_endpoint) {
            (Some(false), _) | (None, None) => S3Redirect::Off,
            (_, Some(endpoint)) => S3Redirect::Endpoint(endpoint),
            (Some(true), None) => S3Redirect::SameEndpoint,
        };
        Ok(())
    }
}

/// Plain characters only, so that a key is spelt the same in a path, a signature and a listing.
fn is_plain_prefix(prefix: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let part = |part: &str| !part.is_empty() && part != "." && part != ".." && part.bytes().all(plain);
    prefix.is_empty() || prefix.split('/').all(part)
}

fn parse_switch(name: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("`{name}` in the storage URL is `true` or `false`, not `{value}`"))
}

fn parse_endpoint(name: &str, value: &str) -> Result<String, String> {
    let refuse =
        || format!("`{name}` in the storage URL is an address like `https://s3.example.com`, not `{value}`");
    let url = Url::parse(value).map_err(|_| refuse())?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.query().is_none()
        && url.fragment().is_none();
    if is_plain { Ok(value.trim_end_matches('/').to_owned()) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<S3Config, String> {
        let credentials = S3Credentials {
            access_key_id: "id".to_owned(),
            secret_access_key: Secret::new("hidden"),
            session_token: None,
        };
        S3Config::parse(url, credentials)
    }

    #[test]
    fn accepted() {
        let config = parse("s3://bucket").unwrap();
        assert_eq!((config.bucket.as_str(), config.prefix.as_str()), ("bucket", ""));
        assert_eq!((config.endpoint, config.region.as_str()), (None, "us-east-1"));
        assert_eq!((config.path_style, config.redirect), (false, S3Redirect::Off));

        let config = parse(
            "s3://bucket/a/b/?endpoint=http://127.0.0.1:9000/&region=eu-1&redirect-endpoint=https%3A%2F%2Fcdn.example",
        )
        .unwrap();
        assert_eq!(config.prefix, "a/b");
        assert_eq!(config.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert_eq!(config.region, "eu-1");
        assert!(config.path_style);
        assert_eq!(config.redirect, S3Redirect::Endpoint("https://cdn.example".to_owned()));
        assert!(!format!("{:?}", config.credentials).contains("hidden"));

        let redirect = |query: &str| parse(&format!("s3://bucket?{query}")).unwrap().redirect;
        assert_eq!(redirect("redirect=true"), S3Redirect::SameEndpoint);
        assert_eq!(redirect("redirect=false&redirect-endpoint=https://cdn"), S3Redirect::Off);
        assert!(!parse("s3://b?endpoint=https://s3.example&path-style=false").unwrap().path_style);
    }

    #[test]
    fn refused() {
        let check = |url: &str, part: &str| {
            let message = parse(url).unwrap_err();
            assert!(message.contains(part), "{url}: {message}");
        };
        check("s3:///prefix", "names no bucket");
        check("bucket", "is no URL");
        check("https://bucket/prefix", "not with `s3://`");
        check("s3://id:secret@bucket", "without user, password or port");
        check("s3://bucket/a//b", "the prefix `a//b`");
        check("s3://bucket/a b", "the prefix");
        check("s3://bucket?regoin=x", "unknown parameter `regoin`");
        check("s3://bucket?regoin=x", "`redirect-endpoint`");
        check("s3://bucket?access-key=x", "unknown parameter `access-key`");
        check("s3://bucket?region=", "`region` in the storage URL is empty");
        check("s3://bucket?region=a&region=b", "given twice");
        check("s3://bucket?path-style=yes", "`true` or `false`, not `yes`");
        check("s3://bucket?endpoint=localhost:9000", "an address like");
        check("s3://bucket?redirect-endpoint=cdn", "`redirect-endpoint`");
    }
}
