//! Prevention: what a project does not let go because of what scanners found in it, by Harbor's rules.
//!
//! Decided by what is in the database; no scanner is waited for. An index is let go once any of its parts
//! was scanned, as each of those is looked at when it is pulled itself. While something is scanned anew,
//! what was found before counts.

use minato_db::Conn;
use minato_db::scan::{Finding, Report as Row};
use minato_types::id::{ProjectId, ScannerId};
use minato_types::scan::{ReportKind, Threshold};

use super::{is_known, is_scannable, report};
use crate::authz::{Pull, RepoGrant};
use crate::cache::ServedManifest;
use crate::{App, Error, Result, trust};

/// Refuses a manifest in which there is what its project does not let go. `by_signing_tool` says that the
/// client calls itself one. Costs nothing where the project has no such policy.
pub async fn check(
    app: &App,
    grant: &RepoGrant<Pull>,
    manifest: &ServedManifest,
    by_signing_tool: bool,
) -> Result<()> {
    let Some(threshold) = grant.standing.prevention else { return Ok(()) };
    if trust::is_free(grant, by_signing_tool) {
        return Ok(());
    }
    let repository = grant.existing()?;
    let mut conn = app.db.read().await?;
    let found = minato_db::artifact::list_by_ids(&mut conn, repository, &[manifest.id]).await?;
    let Some(artifact) = found.into_iter().next() else { return Ok(()) };
    if artifact.accessory.as_ref().is_some_and(|accessory| accessory.kind.is_signature()) {
        return Ok(());
    }
    let scanner = minato_db::scanner::get_of_project(&mut conn, grant.project).await?;
    let Some(scanner) = scanner else { return Ok(()) };
    let children = minato_db::artifact::children(&mut conn, &[artifact.id]).await?;
    let digests = children.iter().map(|child| &child.digest).chain([&artifact.digest]);
    let rows = minato_db::scan::list(&mut conn, scanner.id, digests, false).await?;
    let row = ReportKind::ALL.iter().find_map(|kind| {
        let mut of_kind = rows.iter().filter(|row| row.kind == *kind);
        of_kind.find(|row| row.digest == artifact.digest || !children.is_empty())
    });
    match row {
        Some(_) if !children.is_empty() => Ok(()),
        Some(row) if is_known(row) => {
            judge(&mut conn, app, (grant.project, scanner.id), row, threshold).await
        }
        Some(row) => Err(refused(
            &format!("with \"{}\" status of vulnerability scanning", row.status.as_str()),
            threshold,
        )),
        None if is_scannable(&artifact, &children, &scanner.metadata) => {
            Err(refused("without vulnerability scanning", threshold))
        }
        None => Ok(()),
    }
}

/// Weighs what was found, without what is put up with.
async fn judge(
    conn: &mut Conn,
    app: &App,
    (project, scanner): (ProjectId, ScannerId),
    row: &Row,
    threshold: Threshold,
) -> Result<()> {
    let is_harmless = |total: i64, severity: &str| total == 0 || !threshold.is_reached_by(severity);
    if is_harmless(row.counts.total, &row.counts.severity) {
        return Ok(());
    }
    let now = app.clock.now().as_secs();
    let allowed = minato_db::allowlist::get_effective(conn, project).await?;
    let allowed = allowed.filter(|list| list.expires_at.is_none_or(|until| until > now));
    let allowed = allowed.map(|list| list.items).unwrap_or_default();
    let left = if allowed.is_empty() {
        row.counts.clone()
    } else {
        let rows = minato_db::scan::list(conn, scanner, [&row.digest], true).await?;
        let same = rows.iter().filter(|other| other.kind == row.kind);
        let is_left = |finding: &&Finding| !allowed.contains(&finding.0);
        report::counts(same.flat_map(|row| &row.findings).filter(is_left))
    };
    if is_harmless(left.total, &left.severity) {
        return Ok(());
    }
    let thing = if left.total == 1 { "vulnerability" } else { "vulnerabilities" };
    Err(Error::Policy(format!(
        "current image with {} {thing} cannot be pulled due to {} To continue with pull, please contact your project administrator to exempt matched vulnerabilities through configuring the CVE allowlist.",
        left.total,
        policy(threshold)
    )))
}

fn refused(what: &str, threshold: Threshold) -> Error {
    Error::Policy(format!(
        "current image {what} cannot be pulled due to {} To continue with pull, please contact your project administrator for help.",
        policy(threshold)
    ))
}

/// As Harbor says it; people search for these words.
fn policy(threshold: Threshold) -> String {
    format!(
        "configured policy in 'Prevent images with vulnerability severity of \"{}\" or higher from running.'",
        threshold.as_str()
    )
}
