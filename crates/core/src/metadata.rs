//! Settings of a project: which there are, what they may be, and what is not built yet.
//!
//! All values are text, as in Harbor. `public` is the project's own column. A setting whose
//! enforcement is not built can only be set to what it would be anyhow: who sets a policy must
//! not believe that it holds. `auto_sbom_generation` is none: it is for scanners that make bills of
//! materials, and while none does it means nothing, as in Harbor.

use std::collections::BTreeMap;

use minato_db::Tx;
use minato_types::id::ProjectId;

use crate::audit::{self, Event, EventType};
use crate::authz::{
    MetadataCreate, MetadataDelete, MetadataList, MetadataRead, MetadataUpdate, ProjectGrant,
};
use crate::{App, Error, Noun, Result};

/// Whether everybody may pull.
pub const PUBLIC: &str = "public";

/// What a value may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// `true` or `false`.
    Flag,
    /// How bad a vulnerability is.
    Severity,
    /// One of these, as more is not built; the text says what.
    Only(&'static [&'static str], &'static str),
    /// Something else sets it. Clients send it back with all the others, which changes nothing.
    Managed(&'static str),
}

const NO_PROXY_FLAG: Rule = Rule::Only(&["false", ""], "the proxy cache");
const NO_PROXY_NUMBER: Rule = Rule::Only(&["-1", ""], "the proxy cache");
const NO_PROXY_TEXT: Rule = Rule::Only(&[""], "the proxy cache");

const KEYS: &[(&str, Rule)] = &[
    (PUBLIC, Rule::Flag),
    ("enable_content_trust", Rule::Flag),
    ("enable_content_trust_cosign", Rule::Flag),
    ("prevent_vul", Rule::Flag),
    ("severity", Rule::Severity),
    ("auto_scan", Rule::Flag),
    ("auto_sbom_generation", Rule::Flag),
    ("reuse_sys_cve_allowlist", Rule::Flag),
    ("retention_id", Rule::Managed("/api/v2.0/retentions")),
    ("proxy_speed_kb", NO_PROXY_NUMBER),
    ("max_upstream_conn", NO_PROXY_NUMBER),
    ("proxy_cache_local_on_not_found", NO_PROXY_FLAG),
    ("proxy_referrer_api", NO_PROXY_FLAG),
    ("proxy_cache_filter_pattern", NO_PROXY_TEXT),
    ("proxy_cache_filter_kind", NO_PROXY_TEXT),
];

/// The names of all settings.
pub fn names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(name, _)| *name)
}

/// Settings that have been checked, in the spelling in which they are kept.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Whether everybody may pull, where that was asked for.
    pub(crate) public: Option<bool>,
    others: Vec<(&'static str, String)>,
}

impl Settings {
    /// Checks what was asked for.
    pub(crate) fn check(asked: &BTreeMap<String, String>) -> Result<Self> {
        let mut settings = Self::default();
        for (name, value) in asked {
            if matches!(find(name)?.1, Rule::Managed(_)) {
                continue;
            }
            let (name, value) = check(name, value)?;
            if name == PUBLIC {
                settings.public = Some(value == "true");
            } else {
                settings.others.push((name, value));
            }
        }
        Ok(settings)
    }

    /// Writes all but `public`.
    pub(crate) async fn store_in(&self, tx: &mut Tx, project: ProjectId) -> Result<()> {
        if !self.others.is_empty() {
            minato_db::metadata::upsert(tx, project, &self.others).await?;
        }
        Ok(())
    }
}

/// The setting's name and its value as it is kept, or what is allowed.
fn check(name: &str, value: &str) -> Result<(&'static str, String)> {
    let (name, rule) = find(name)?;
    let value = value.trim().to_ascii_lowercase();
    match rule {
        Rule::Flag => match value.as_str() {
            "true" | "1" => Ok((name, "true".to_owned())),
            "false" | "0" => Ok((name, "false".to_owned())),
            _ => Err(Error::invalid(name, "expected `true` or `false`")),
        },
        Rule::Severity => match value.as_str() {
            "low" | "medium" | "high" | "critical" | "none" | "" => Ok((name, value)),
            _ => Err(Error::invalid(name, "expected low, medium, high, critical or none")),
        },
        Rule::Only(allowed, _) if allowed.contains(&value.as_str()) => Ok((name, value)),
        Rule::Managed(by) => Err(Error::invalid(name, format!("is set by {by}"))),
        Rule::Only(_, part) => Err(Error::invalid(name, format!("{part} is not built yet; leave this out"))),
    }
}

fn find(name: &str) -> Result<(&'static str, Rule)> {
    let found = KEYS.iter().find(|(known, _)| *known == name);
    found.copied().ok_or_else(|| {
        let known: Vec<_> = names().collect();
        Error::invalid("metadata", format!("`{name}` is no setting; there are {}", known.join(", ")))
    })
}

/// The one setting that a call is about.
fn one(asked: &BTreeMap<String, String>) -> Result<(&'static str, String)> {
    match asked.iter().next() {
        Some((name, value)) if asked.len() == 1 => check(name, value),
        _ => Err(Error::invalid("metadata", "expected exactly one setting in a call")),
    }
}

/// Lists what is set.
pub async fn list(app: &App, grant: &ProjectGrant<MetadataList>) -> Result<BTreeMap<String, String>> {
    all(app, grant.project).await
}

/// Shows one setting.
pub async fn get(
    app: &App,
    grant: &ProjectGrant<MetadataRead>,
    name: &str,
) -> Result<BTreeMap<String, String>> {
    let mut found = all(app, grant.project).await?;
    found.retain(|known, _| known == name);
    if found.is_empty() { Err(Error::NotFound(Noun::Metadata)) } else { Ok(found) }
}

async fn all(app: &App, project: ProjectId) -> Result<BTreeMap<String, String>> {
    let mut conn = app.db.read().await?;
    let found = minato_db::project::detail(&mut conn, project, 0).await?;
    let detail = found.ok_or(Error::NotFound(Noun::Project))?;
    let public = (PUBLIC.to_owned(), detail.project.public.to_string());
    Ok(detail.metadata.into_iter().chain([public]).collect())
}

/// Sets what was not set before.
pub async fn add(
    app: &App,
    grant: &ProjectGrant<MetadataCreate>,
    asked: &BTreeMap<String, String>,
) -> Result<()> {
    let event = Event::new(EventType::UpdateProject, grant.name.as_str()).within(grant.project);
    audit::of(app, grant.principal.name(), event, async {
        let (name, value) = one(asked)?;
        let taken = || Error::Conflict(format!("the setting {name} is set already; change it instead"));
        if name == PUBLIC {
            return Err(taken());
        }
        let mut tx = app.db.begin().await?;
        match minato_db::metadata::insert(&mut tx, grant.project, name, &value).await {
            Err(minato_db::Error::Conflict) => return Err(taken()),
            Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Project)),
            outcome => outcome?,
        }
        finish(app, tx, grant.project, None).await
    })
    .await
}

/// Changes the setting `name`, which must be the one in `asked`.
pub async fn update(
    app: &App,
    grant: &ProjectGrant<MetadataUpdate>,
    name: &str,
    asked: &BTreeMap<String, String>,
) -> Result<()> {
    let event = Event::new(EventType::UpdateProject, grant.name.as_str()).within(grant.project);
    audit::of(app, grant.principal.name(), event, async {
        let (name_in_body, value) = one(asked)?;
        if name != name_in_body {
            return Err(Error::invalid("metadata", "the body names another setting than the path"));
        }
        let public = (name == PUBLIC).then_some(value == "true");
        let mut tx = app.db.begin().await?;
        if public.is_none() && !minato_db::metadata::update(&mut tx, grant.project, name, &value).await? {
            return Err(Error::NotFound(Noun::Metadata));
        }
        finish(app, tx, grant.project, public).await
    })
    .await
}

/// Takes a setting back. A project that is no longer said to be public is private.
pub async fn delete(app: &App, grant: &ProjectGrant<MetadataDelete>, name: &str) -> Result<()> {
    let event = Event::new(EventType::UpdateProject, grant.name.as_str()).within(grant.project);
    audit::of(app, grant.principal.name(), event, async {
        let (name, rule) = find(name)?;
        if let Rule::Managed(by) = rule {
            return Err(Error::invalid(name, format!("is set by {by}")));
        }
        let public = (name == PUBLIC).then_some(false);
        let mut tx = app.db.begin().await?;
        if public.is_none() && !minato_db::metadata::delete(&mut tx, grant.project, name).await? {
            return Err(Error::NotFound(Noun::Metadata));
        }
        finish(app, tx, grant.project, public).await
    })
    .await
}

/// Ends a change of one setting.
async fn finish(app: &App, mut tx: Tx, project: ProjectId, public: Option<bool>) -> Result<()> {
    minato_db::project::update(&mut tx, project, public, app.clock.now()).await?;
    tx.commit().await?;
    app.cache.projects_changed();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_settings_may_be() {
        let of = |name: &str, value: &str| check(name, value).ok().map(|(_, value)| value);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(of("public", "True"), text("true"));
        assert_eq!(of("enable_content_trust_cosign", "0"), text("false"));
        assert_eq!(of("enable_content_trust", ""), None);
        assert_eq!(of("severity", "High"), text("high"));
        assert_eq!(of("severity", "terrible"), None);
        assert_eq!(of("auto_scan", "true"), text("true"));
        assert_eq!(of("prevent_vul", "true"), text("true"));
        assert_eq!(
            (of("proxy_referrer_api", "false"), of("proxy_referrer_api", "true")),
            (text("false"), None)
        );
        assert_eq!((of("proxy_speed_kb", "-1"), of("proxy_speed_kb", "100")), (text("-1"), None));
        assert_eq!(of("retention_id", "1"), None);
        assert_eq!(of("anything", "true"), None);
        assert_eq!(KEYS.len(), 15);
    }
}
