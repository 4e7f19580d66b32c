//! Clearing away what nobody will finish: sessions the database forgot, puts whose process died, and
//! multipart uploads that no session speaks of.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::TryStreamExt;
use minato_types::clock::{Clock, SystemClock, Timestamp};
use object_store::{ObjectStore, ObjectStoreExt};

use super::bucket::{Bucket, SessionName, sort_error};
use crate::{Error, Stale};

/// A put under way is never listed before this: the database knows nothing of it.
const PUT_PATIENCE: Duration = Duration::from_hours(24);

/// What a session that is no session any more is called in a [`Stale::Rest`].
fn put_name(name: &SessionName) -> Option<String> {
    matches!(name, SessionName::Put(_)).then(|| name.to_string())
}

impl Bucket {
    /// Lists what has not been touched since `before`.
    pub(super) async fn list_stale(&self, before: Timestamp) -> Result<Vec<Stale>, Error> {
        let puts_before = before.min(SystemClock.now().minus(PUT_PATIENCE));
        let (mut stale, mut sessions) = (Vec::new(), HashSet::new());
        let mut objects = self.quick.list(Some(&self.uploads()));
        while let Some(object) = objects.try_next().await.map_err(sort_error)? {
            let at = Timestamp::from_micros(object.last_modified.timestamp_micros());
            match object.location.filename().and_then(SessionName::parse) {
                Some(SessionName::Upload(id)) => {
                    sessions.insert(id);
                    if at <= before {
                        stale.push(Stale::Session(id));
                    }
                }
                Some(name) if at <= puts_before => stale.extend(put_name(&name).map(Stale::Rest)),
                Some(SessionName::Put(_)) | None => {}
            }
        }
        for multipart in self.unfinished.list().await? {
            let (at, session) = (Timestamp::from_micros(multipart.begun_at * 1_000_000), multipart.session());
            let is_stale = match &session {
                // One that a session speaks of goes with the session.
                Some(id) => at <= before && !sessions.contains(id),
                None => at <= puts_before,
            };
            if is_stale {
                stale.push(Stale::Parts { session, target: multipart.key, id: multipart.id });
            }
        }
        Ok(stale)
    }

    /// Removes it, unless somebody works on it after all; whether it was there.
    pub(super) async fn remove_stale(&self, stale: &Stale, before: Timestamp) -> Result<bool, Error> {
        let name = match stale {
            Stale::Session(id) => SessionName::Upload(*id),
            Stale::Rest(name) => match SessionName::parse(name) {
                Some(name) => name,
                None => return Ok(false),
            },
            Stale::Parts { target, id, .. } => {
                if let Some(target) = self.blob(target) {
                    self.drop_multipart(&target, id).await?;
                }
                return Ok(true);
            }
        };
        let object = match self.quick.head(&self.session(&name)).await.map_err(sort_error) {
            Err(Error::NotFound) => return Ok(false),
            found => found?,
        };
        if Timestamp::from_micros(object.last_modified.timestamp_micros()) > before {
            return Ok(false);
        }
        match self.load(name).await {
            Ok(session) => self.drop_session(&session).await?,
            Err(Error::NotFound) => return Ok(false),
            // Damaged: its parts are found as those of no session.
            Err(Error::Other(_)) => self.delete(&object.location).await?,
            Err(error) => return Err(error),
        }
        Ok(true)
    }
}
