//! Taking tasks: who has how many turns among kinds and among those whose tasks they are.

use std::collections::HashMap;
use std::sync::Arc;

use minato_db::task::{self, Claimed, Round};
use tokio_util::sync::CancellationToken;

use super::{Result, Shared};
use crate::running::Running;
use crate::{Cx, Kind};

/// Whose turn it was last, for each kind.
pub(super) type Turns = HashMap<&'static str, i64>;

impl Shared {
    /// Takes tasks for the free slots: of each kind its part first, then of whatever waits. Whether
    /// others may have come in sight.
    pub(super) async fn take(
        &self,
        running: &mut Running,
        turns: &mut Turns,
        mut free: usize,
    ) -> Result<bool> {
        if free == 0 {
            return Ok(false);
        }
        let kinds = self.jobs.kinds();
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        let stops = self.db.wakes().stops;
        let mut tx = self.db.begin().await?;
        let waiting = task::list_kinds(&mut tx, &names).await?;
        let mut waiting: Vec<&Kind> =
            kinds.iter().filter(|kind| waiting.iter().any(|w| w == kind.name)).collect();
        waiting.sort_by_key(|kind| std::cmp::Reverse(kind.priority));
        let mut taken: Vec<Claimed> = Vec::new();
        let mut parked = false;
        for most in [(free / waiting.len().max(1)).max(1), free] {
            // Those that gave all they were asked for may have more.
            let mut more = Vec::new();
            for kind in waiting {
                let here =
                    running.count(kind.name) + taken.iter().filter(|task| task.kind == kind.name).count();
                let room = self.room(&mut tx, kind, here).await?.min(most).min(free);
                if room > 0 {
                    let (claimed, hidden) = self.claim(&mut tx, kind, room, turns).await?;
                    parked |= hidden;
                    free -= claimed.len().min(free);
                    more.extend((claimed.len() == room).then_some(kind));
                    taken.extend(claimed);
                }
            }
            waiting = more;
        }
        if taken.is_empty() && !parked {
            return Ok(false);
        }
        tx.commit().await?;
        for task in taken {
            self.begin(running, task);
        }
        if stops.has_changed().unwrap_or_default() {
            self.missed.notify_one();
        }
        Ok(parked)
    }

    /// How many more of a kind this worker may take that has `here` of them. None may have all slots, so
    /// that there is always one for another kind.
    async fn room(&self, tx: &mut minato_db::Tx, kind: &Kind, here: usize) -> Result<usize> {
        let room = (self.options.slots - self.options.slots / 4).saturating_sub(here);
        let Some(at_once) = kind.at_once.filter(|_| room > 0) else { return Ok(room) };
        // Those taken in this transaction are among them.
        let running = task::count_running(tx, kind.name).await?;
        Ok(room.min(usize::try_from(at_once - running).unwrap_or(0)))
    }

    /// Takes at most `most` tasks of a kind, in turn from all whose tasks wait, and parks those that it
    /// had to pass over; whether there were any.
    async fn claim(
        &self,
        tx: &mut minato_db::Tx,
        kind: &Kind,
        most: usize,
        turns: &mut Turns,
    ) -> Result<(Vec<Claimed>, bool)> {
        let round = Round {
            kind: kind.name,
            after: turns.get(kind.name).copied().unwrap_or(-1),
            at_once_per_share: kind.at_once_per_share.unwrap_or(i64::MAX),
            limit: i64::try_from(most).unwrap_or(i64::MAX),
        };
        let now = self.clock.now();
        let times = (now, now.plus(self.options.lease));
        let claimed = task::claim(tx, &round, &self.about.id, times).await?;
        let shares = claimed.iter().map(|task| task.share);
        if let Some(last) = shares.max_by_key(|share| (*share <= round.after, *share)) {
            turns.insert(kind.name, last);
        }
        let mut parked = false;
        // Else it met hardly any that wait for others.
        if claimed.len() < most || claimed.iter().any(|task| task.sequence.is_some()) {
            for share in task::list_shares(tx, &round).await? {
                parked |= task::park(tx, kind.name, share).await? > 0;
            }
        }
        Ok((claimed, parked))
    }

    fn begin(&self, running: &mut Running, task: Claimed) {
        let stop = CancellationToken::new();
        let (db, clock) = (self.db.clone(), Arc::clone(&self.clock));
        let cx = Cx::new(db, clock, &task, self.about.id.clone(), stop.clone());
        running.spawn(Arc::clone(&self.jobs), task, Arc::new(cx), stop, self.options.grace);
    }
}
