//! Checks of what is stored: `fsck` compares database and store, `scrub` reads all blobs again. Both
//! are jobs, beside everything else.
//!
//! How they go together with pushes and garbage collection is written in `docs/fsck.md`.

mod desk;
pub(crate) mod fsck;
pub mod here;
pub mod quarantine;
pub mod report;
pub(crate) mod scrub;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::authz::{SystemFsckCreate, SystemFsckUpdate, SystemGrant, SystemScrubCreate, SystemScrubUpdate};
use crate::job::JobKind;
use crate::job::history::OfRuns;
use crate::job::schedule::{self, Wish};
use crate::{App, Error, Result};

/// A permission to check, now or later.
pub trait Order: OfRuns {}

impl Order for SystemFsckCreate {}
impl Order for SystemFsckUpdate {}
impl Order for SystemScrubCreate {}
impl Order for SystemScrubUpdate {}

/// Checks now, or whenever a schedule says, or no more by itself; the id of the run that begins.
pub async fn schedule<P: Order>(
    app: &App,
    _: &SystemGrant<P>,
    wish: &Wish,
    parameters: Map<String, Value>,
) -> Result<Option<i64>> {
    schedule::apply(app, P::KIND, wish, &checked(P::KIND, parameters)?).await
}

/// The parameters of a kind of check, whole.
fn checked(kind: JobKind, given: Map<String, Value>) -> Result<Value> {
    match kind {
        JobKind::Fsck => read::<fsck::Parameters>(given, |_| Ok(())),
        _ => read::<scrub::Parameters>(given, |parameters| parameters.check()),
    }
}

fn read<P: Serialize + DeserializeOwned>(
    given: Map<String, Value>,
    check: impl Fn(&P) -> Result<()>,
) -> Result<Value> {
    let wrong = |error: serde_json::Error| Error::invalid("parameters", error.to_string());
    let parameters: P = serde_json::from_value(Value::Object(given)).map_err(wrong)?;
    check(&parameters)?;
    serde_json::to_value(parameters).map_err(Error::internal)
}
