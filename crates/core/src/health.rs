//! Whether the parts work.

use crate::App;

/// One part and what is wrong with it, if anything.
#[derive(Debug)]
pub struct Component {
    /// Harbor's name for the part.
    pub name: &'static str,
    /// What is wrong.
    pub error: Option<&'static str>,
}

/// Looks at every part. Open to everybody, so it names no address and quotes no error.
pub async fn check(app: &App) -> Vec<Component> {
    let (database, storage) = tokio::join!(app.db.check(), app.store.check());
    if let Err(error) = &database {
        tracing::warn!(%error, "the database is unhealthy");
    }
    if let Err(error) = &storage {
        tracing::warn!(%error, "the storage is unhealthy");
    }
    let database = database.is_err().then_some("the database does not answer");
    let registry = storage.is_err().then_some("the storage does not answer");
    vec![
        Component { name: "core", error: None },
        Component { name: "database", error: database },
        Component { name: "portal", error: None },
        Component { name: "registry", error: registry },
    ]
}
