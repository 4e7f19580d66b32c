//! What this installation is, and how much room it has.

use std::sync::Arc;
use std::time::Duration;

use minato_store::Space;

use crate::authz::{Public, SystemGrant, SystemVolumesRead};
use crate::settings::{self, Values};
use crate::{App, Error, Noun, Result};

/// What is told of an installation.
pub struct Info {
    /// Its settings.
    pub settings: Arc<Values>,
    /// What keeps its blobs, in Harbor's words.
    pub storage: &'static str,
    /// Whether there is a certificate to download.
    pub has_authority: bool,
    /// For how long deletions can be undone; not at all when zero.
    pub undo_period: Duration,
}

/// Describes the installation. What of it everybody may know is decided by who shows it.
pub async fn info(app: &App, _: &Public) -> Result<Info> {
    Ok(Info {
        settings: settings::current(app).await?,
        storage: app.store.provider(),
        has_authority: app.startup.authority.is_some(),
        undo_period: app.startup.undo_period,
    })
}

/// The certificate that people have to trust to come here by TLS, as PEM.
pub fn authority<'a>(app: &'a App, _: &Public) -> Result<&'a str> {
    app.startup.authority.as_deref().ok_or(Error::NotFound(Noun::Certificate))
}

/// The room for blobs; `None` where it has no end.
pub async fn space(app: &App, _: &SystemGrant<SystemVolumesRead>) -> Result<Option<Space>> {
    Ok(app.store.space().await?)
}
