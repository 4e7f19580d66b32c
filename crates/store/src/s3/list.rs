//! Sealed blobs in the order of their keys, a page at a time.

use futures_util::{StreamExt, TryStreamExt};
use minato_types::clock::Timestamp;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};

use super::bucket::{Bucket, sort_error};
use crate::{Error, Listing, StorageKey, Stored};

impl Bucket {
    /// At most `limit` blobs whose keys come behind `after`.
    pub(super) async fn list_blobs(
        &self,
        after: Option<&StorageKey>,
        limit: usize,
    ) -> Result<Listing, Error> {
        let folder = self.blobs();
        let objects = match after {
            // Written as the service listed it, which may not be as it would be made here.
            Some(after) => {
                let after = Path::parse(self.below(&after.0)).map_err(|error| Error::Other(error.into()))?;
                self.quick.list_with_offset(Some(&folder), &after)
            }
            None => self.quick.list(Some(&folder)),
        };
        let objects: Vec<ObjectMeta> = objects.take(limit).try_collect().await.map_err(sort_error)?;
        let mut listing = Listing { found: Vec::with_capacity(objects.len()), next: None };
        let mut last = after.map(|after| after.0.clone()).unwrap_or_default();
        let is_full = objects.len() >= limit;
        for object in objects {
            let Some(key) = object.location.as_ref().strip_prefix(&self.below("")) else { continue };
            if key <= last.as_str() {
                // Then a page can't be compared with the database.
                return Err(Error::Other("the bucket does not list its objects in order".into()));
            }
            key.clone_into(&mut last);
            let key = StorageKey(last.clone());
            // Others are nothing of ours.
            if self.blob(&key).is_some() {
                let modified = Timestamp::from_micros(object.last_modified.timestamp_micros());
                listing.found.push(Stored { key, size: object.size, modified });
            }
        }
        listing.next = is_full.then_some(StorageKey(last));
        Ok(listing)
    }
}
