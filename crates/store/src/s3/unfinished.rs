//! Multipart uploads that S3 keeps and no session knows.
//!
//! A process that dies after S3 has made one and before its id is written down leaves it
//! for ever. The library can't list them, so that request is made here.

use http::Method;
use jiff::Timestamp;
use minato_types::id::UploadId;
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector as _, HttpRequest, HttpRequestBody, ReqwestConnector,
};
use object_store::signer::Url;
use serde::Deserialize;

use super::config::S3Config;
use crate::{Error, StorageKey};

/// Asks a bucket for its unfinished multipart uploads.
#[derive(Debug)]
pub(super) struct Unfinished {
    client: HttpClient,
    credential: AwsCredential,
    region: String,
    address: Url,
    prefix: String,
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Multipart {
    /// What it would have become.
    pub(super) key: StorageKey,
    pub(super) id: String,
    /// When it was begun, in seconds since the epoch.
    pub(super) begun_at: i64,
}

/// A page of S3's answer (`ListMultipartUploads`).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listing {
    #[serde(default)]
    is_truncated: bool,
    #[serde(default)]
    next_key_marker: String,
    #[serde(default)]
    next_upload_id_marker: String,
    #[serde(default, rename = "Upload")]
    uploads: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    key: String,
    upload_id: String,
    initiated: Timestamp,
}

impl Multipart {
    /// The session that it belongs to; a put has none.
    pub(super) fn session(&self) -> Option<UploadId> {
        self.key.0.strip_prefix("blobs/uploads/")?.parse().ok()
    }
}

impl Unfinished {
    pub(super) fn new(config: &S3Config, options: &ClientOptions) -> Result<Self, Error> {
        let credentials = &config.credentials;
        let credential = AwsCredential {
            key_id: credentials.access_key_id.clone(),
            secret_key: credentials.secret_access_key.expose().to_owned(),
            token: credentials.session_token.as_ref().map(|token| token.expose().to_owned()),
        };
        Ok(Self {
            client: ReqwestConnector::default().connect(options).map_err(other)?,
            credential,
            region: config.region.clone(),
            address: Url::parse(&address(config)).map_err(other)?,
            prefix: config.prefix.clone(),
        })
    }

    /// All there are, below the prefix.
    pub(super) async fn list(&self) -> Result<Vec<Multipart>, Error> {
        let mut found = Vec::new();
        let mut after = (String::new(), String::new());
        loop {
            let listing = self.page(&after.0, &after.1).await?;
            found.extend(listing.uploads.into_iter().filter_map(|entry| self.read(entry)));
            let next = (listing.next_key_marker, listing.next_upload_id_marker);
            if !listing.is_truncated || next == after {
                return Ok(found);
            }
            after = next;
        }
    }

    fn request(&self, key_marker: &str, id_marker: &str) -> Result<HttpRequest, Error> {
        let mut url = self.address.clone();
        url.query_pairs_mut().append_pair("uploads", "").append_pair("prefix", &self.below("blobs/"));
        if !key_marker.is_empty() {
            url.query_pairs_mut()
                .append_pair("key-marker", key_marker)
                .append_pair("upload-id-marker", id_marker);
        }
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = url.as_str().parse().map_err(other)?;
        let authorizer = AwsAuthorizer::new(&self.credential, "s3", &self.region);
        authorizer.try_authorize(&mut request, None).map_err(other)?;
        Ok(request)
    }

    async fn page(&self, key_marker: &str, id_marker: &str) -> Result<Listing, Error> {
        let request = self.request(key_marker, id_marker)?;
        let unavailable = |error| Error::Unavailable(Box::new(error));
        let response = self.client.execute(request).await.map_err(unavailable)?;
        let status = response.status();
        let body = response.into_body().bytes().await.map_err(unavailable)?;
        if !status.is_success() {
            let text = String::from_utf8_lossy(&body);
            return Err(other(format!("S3 answers {status} when asked for unfinished uploads: {text}")));
        }
        quick_xml::de::from_reader(body.as_ref()).map_err(other)
    }

    fn read(&self, entry: Entry) -> Option<Multipart> {
        let key = StorageKey(entry.key.strip_prefix(&self.below(""))?.to_owned());
        Some(Multipart { key, id: entry.upload_id, begun_at: entry.initiated.as_second() })
    }

    fn below(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }
}

/// Where the bucket itself is asked.
fn address(config: &S3Config) -> String {
    let amazon = format!("https://s3.{}.amazonaws.com", config.region);
    let endpoint = config.endpoint.as_deref().unwrap_or(&amazon);
    match endpoint.split_once("://") {
        Some((scheme, rest)) if !config.path_style => format!("{scheme}://{}.{rest}/", config.bucket),
        _ => format!("{endpoint}/{}", config.bucket),
    }
}

fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Other(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_read() {
        let text = r#"<?xml version="1.0" encoding="UTF-8"?>
            <ListMultipartUploadsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
              <Bucket>b</Bucket><KeyMarker/><IsTruncated>true</IsTruncated>
              <NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>i</NextUploadIdMarker>
              <Upload><Key>p/blobs/x</Key><UploadId>1</UploadId><Initiated>2026-01-02T03:04:05.678Z</Initiated></Upload>
              <Upload><Key>p/blobs/y</Key><UploadId>2</UploadId><Initiated>2026-01-02T03:04:05Z</Initiated></Upload>
            </ListMultipartUploadsResult>"#;
        let listing: Listing = quick_xml::de::from_str(text).unwrap();
        assert!(listing.is_truncated);
        assert_eq!((listing.next_key_marker.as_str(), listing.next_upload_id_marker.as_str()), ("k", "i"));
        let ids: Vec<_> = listing.uploads.iter().map(|entry| entry.upload_id.as_str()).collect();
        assert_eq!(ids, ["1", "2"]);
        assert_eq!(listing.uploads[0].initiated.as_second(), 1_767_323_045);
        let none =
            "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>";
        assert!(quick_xml::de::from_str::<Listing>(none).unwrap().uploads.is_empty());
    }

    #[test]
    fn the_session_stands_in_the_key() {
        let of = |key: &str| {
            Multipart { key: StorageKey(key.to_owned()), id: String::new(), begun_at: 0 }.session()
        };
        let id = UploadId::random();
        assert_eq!(of(&format!("blobs/uploads/{id}")), Some(id));
        assert_eq!(of("blobs/sha256/ab/abc.0"), None);
    }
}
