//! Pulls that wait to be written, the same by the same caller counted together: serving a manifest
//! takes some microseconds, and to format and store an entry would take as long again.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use minato_types::clock::Timestamp;
use minato_types::id::ProjectId;
use minato_types::name::RepositoryName;
use minato_types::reference::Reference;

use super::{Event, EventType, MAX_WAITING, Waiting};
use crate::authz::{Pull, RepoGrant};

/// The pulls since the last look.
#[derive(Default)]
pub(super) struct Pulls {
    hasher: RandomState,
    /// By hash, so that one that is known needs no memory.
    known: Mutex<HashMap<u64, Pulled>>,
}

/// What became of a note.
pub(super) enum Noted {
    /// There was none such.
    First,
    /// It was counted.
    Again,
    /// There is no room for it.
    Lost,
}

struct Pulled {
    project: ProjectId,
    repository: RepositoryName,
    reference: Reference,
    who: String,
    first: Timestamp,
    times: u64,
}

impl Pulls {
    /// Notes one.
    pub(super) fn note(&self, grant: &RepoGrant<Pull>, reference: &Reference, now: Timestamp) -> Noted {
        let who = grant.caller.name();
        let hash = self.hasher.hash_one((&grant.name, reference, who));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pulled) = known.get_mut(&hash) {
            if pulled.repository != grant.name || pulled.reference != *reference || pulled.who != who {
                return Noted::Lost;
            }
            pulled.times += 1;
            return Noted::Again;
        }
        if known.len() >= MAX_WAITING {
            return Noted::Lost;
        }
        let pulled = Pulled {
            project: grant.project,
            repository: grant.name.clone(),
            reference: reference.clone(),
            who: who.to_owned(),
            first: now,
            times: 1,
        };
        known.insert(hash, pulled);
        Noted::First
    }

    /// All of them as entries, oldest first.
    pub(super) fn take(&self) -> Vec<Waiting> {
        let known = std::mem::take(&mut *self.known.lock().unwrap_or_else(PoisonError::into_inner));
        let mut pulls: Vec<Pulled> = known.into_values().collect();
        pulls.sort_unstable_by_key(|pulled| pulled.first);
        pulls.into_iter().map(Pulled::into_entry).collect()
    }
}

impl Pulled {
    fn into_entry(self) -> Waiting {
        let resource = self.reference.within(&self.repository);
        let event = Event::new(EventType::PullArtifact, resource).within(self.project);
        let event = if self.times > 1 { event.told(&format!("{} times", self.times)) } else { event };
        Waiting::new(self.first, &self.who, event, true)
    }
}
