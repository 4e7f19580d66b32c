//! Referrers: manifests that are about another manifest.

use minato_types::digest::Digest;
use minato_types::manifest::ReferrerDescriptor;

use crate::authz::{Pull, RepoGrant};
use crate::{App, Result};

/// A window of referrers, and whether there are more behind it.
#[derive(Debug)]
pub struct ReferrerPage {
    /// The referrers, by digest.
    pub referrers: Vec<ReferrerDescriptor>,
    /// Whether more follow.
    pub more: bool,
}

/// Lists manifests whose subject is `subject`, after the digest `after`. An unknown subject, or
/// repository, has none.
pub async fn list(
    app: &App,
    grant: &RepoGrant<Pull>,
    subject: &Digest,
    artifact_type: Option<&str>,
    after: &str,
    limit: usize,
) -> Result<ReferrerPage> {
    let Some(repository) = grant.repository else {
        return Ok(ReferrerPage { referrers: Vec::new(), more: false });
    };
    let mut conn = app.db.read().await?;
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let mut referrers =
        minato_db::artifact::list_referrers(&mut conn, repository, subject, artifact_type, after, one_more)
            .await?;
    let more = referrers.len() > limit;
    referrers.truncate(limit);
    Ok(ReferrerPage { referrers, more })
}
