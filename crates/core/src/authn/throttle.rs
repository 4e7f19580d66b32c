//! Slows down guessing of passwords.
//!
//! Failures are counted for each account and for each address. From the fourth in a
//! row a try has to wait, twice as long each time up to [`MAX_DELAY`]. An address that
//! goes on is refused outright; an account never is, or anybody could lock it.

use std::net::IpAddr;
use std::time::Duration;

use minato_types::clock::{Clock, Timestamp};
use moka::sync::Cache;

use crate::{Error, Result};

/// Failures that cost nothing: people mistype.
const FREE: u32 = 3;
/// The longest wait before a try is looked at.
const MAX_DELAY: Duration = Duration::from_secs(2);
/// Failures after which an address is refused.
const REFUSED: u32 = 30;
/// For how long failures are remembered.
const MEMORY: Duration = Duration::from_mins(15);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

pub(crate) struct Throttle {
    failures: Cache<Key, Failures>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { failures: Cache::builder().max_capacity(50_000).build() }
    }
}

impl Throttle {
    /// Waits as long as a try for this account from this address has to.
    pub(crate) async fn wait(&self, clock: &dyn Clock, account: &str, address: IpAddr) -> Result<()> {
        let now = clock.now();
        let by_address = self.count(&Key::Address(address), now);
        if by_address >= REFUSED {
            return Err(Error::TooManyAttempts { retry_after: MEMORY });
        }
        let delay = delay(by_address.max(self.count(&Key::Account(account.to_owned()), now)));
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        Ok(())
    }

    pub(crate) fn failed(&self, clock: &dyn Clock, account: &str, address: IpAddr) {
        let now = clock.now();
        for key in [Key::Account(account.to_owned()), Key::Address(address)] {
            let count = self.count(&key, now).saturating_add(1);
            self.failures.insert(key, Failures { count, last: now });
        }
    }

    pub(crate) fn succeeded(&self, account: &str, address: IpAddr) {
        self.failures.invalidate(&Key::Account(account.to_owned()));
        self.failures.invalidate(&Key::Address(address));
    }

    fn count(&self, key: &Key, now: Timestamp) -> u32 {
        let recent = |failures: &Failures| now.since(failures.last) < MEMORY;
        self.failures.get(key).filter(recent).map_or(0, |failures| failures.count)
    }
}

fn delay(failures: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(FREE + 1) else { return Duration::ZERO };
    Duration::from_millis(125).saturating_mul(1 << doublings.min(10)).min(MAX_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minato_types::clock::MovableClock;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn waits_double_up_to_the_longest() {
        assert_eq!(delay(3), Duration::ZERO);
        assert_eq!(delay(4), Duration::from_millis(125));
        assert_eq!(delay(5), Duration::from_millis(250));
        assert_eq!(delay(1000), MAX_DELAY);
    }

    #[test]
    fn failures_are_forgotten_after_a_while_and_after_success() {
        let (throttle, clock) = (Throttle::default(), MovableClock::default());
        let key = Key::Account("admin".to_owned());
        throttle.failed(&clock, "admin", HERE);
        throttle.failed(&clock, "admin", HERE);
        assert_eq!(throttle.count(&key, clock.now()), 2);
        clock.advance(MEMORY);
        assert_eq!(throttle.count(&key, clock.now()), 0);
        throttle.failed(&clock, "admin", HERE);
        throttle.succeeded("admin", HERE);
        assert_eq!(throttle.count(&key, clock.now()), 0);
    }

    #[tokio::test]
    async fn an_address_that_goes_on_is_refused_but_the_account_is_not() {
        let (throttle, clock) = (Throttle::default(), MovableClock::default());
        for _ in 0..REFUSED {
            throttle.failed(&clock, "admin", HERE);
        }
        let refused = throttle.wait(&clock, "someone", HERE).await;
        assert!(matches!(refused, Err(Error::TooManyAttempts { .. })));
        let elsewhere = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 2));
        assert!(throttle.wait(&clock, "admin", elsewhere).await.is_ok());
    }
}
