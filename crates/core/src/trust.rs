//! Content trust: what a project demands to be signed before it may be pulled.
//!
//! A signature on an index counts for what the index lists, as it names those by digest. That a
//! signature is there is all that is asked; whose it is, clients verify. Free to pull are the
//! signatures themselves, for who may push everything to the tools that make signatures, and everything
//! to scanners.

use minato_types::artifact::AccessoryKind;
use minato_types::permission::{Action, Resource};

use crate::authz::{self, Pull, RepoGrant};
use crate::cache::ServedManifest;
use crate::principal::Caller;
use crate::{App, Error, Result};

/// Refuses a manifest that lacks a signature which its project demands. `by_signing_tool` says that
/// the client calls itself one.
pub async fn check(
    app: &App,
    grant: &RepoGrant<Pull>,
    manifest: &ServedManifest,
    by_signing_tool: bool,
) -> Result<()> {
    let trust = grant.standing.trust;
    let demanded = [
        (trust.cosign, AccessoryKind::CosignSignature, "cosign"),
        (trust.notation, AccessoryKind::NotationSignature, "notation"),
    ];
    if demanded.iter().all(|(demanded, ..)| !demanded) || is_free(grant, by_signing_tool) {
        return Ok(());
    }
    let mut conn = app.db.read().await?;
    let found = minato_db::artifact::list_signatures(&mut conn, grant.existing()?, manifest.id).await?;
    if found.iter().any(|(_, is_itself)| *is_itself) {
        return Ok(());
    }
    for (_, kind, tool) in demanded.iter().filter(|(demanded, ..)| *demanded) {
        if !found.iter().any(|(held, _)| held == kind) {
            return Err(Error::Policy(format!("The image is not signed by {tool}.")));
        }
    }
    Ok(())
}

/// Whether the policies of a project keep nothing from the caller: it is a scanner, or a tool that makes
/// signatures for somebody who may push.
pub(crate) fn is_free(grant: &RepoGrant<Pull>, by_signing_tool: bool) -> bool {
    grant.caller.is_scanner() || (by_signing_tool && may_push(grant))
}

/// Whether the caller's token lets it push to the repository.
fn may_push(grant: &RepoGrant<Pull>) -> bool {
    matches!(grant.caller, Caller::Token(_))
        && authz::caller_holds(
            &grant.caller,
            &grant.name,
            &grant.standing,
            Resource::Repository,
            Action::Push,
        )
}
