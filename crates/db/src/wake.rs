//! Waking those who wait for work, so that nobody has to ask again and again: within the process
//! when a transaction commits, and across processes by `PostgreSQL`'s NOTIFY, which is part of the
//! transaction too. A wake-up may be lost with a connection; whoever waits looks now and then.

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::watch;

use crate::dialect::{Conn, Raw, bounded};
use crate::{Error, Result};

const CHANNEL: &str = "minato";

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Tasks were queued, or may be taken again; schedules have changed.
    Tasks,
    /// Running tasks are to stop.
    Stops,
}

impl Wake {
    const ALL: [Self; 2] = [Self::Tasks, Self::Stops];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Tasks => "tasks",
            Self::Stops => "stops",
        }
    }
}

/// Where wake-ups go.
pub(crate) struct Senders {
    tasks: watch::Sender<()>,
    stops: watch::Sender<()>,
}

/// Where wake-ups arrive. None is missed between two waits.
pub struct Wakes {
    /// For [`Wake::Tasks`].
    pub tasks: watch::Receiver<()>,
    /// For [`Wake::Stops`].
    pub stops: watch::Receiver<()>,
}

impl Default for Senders {
    fn default() -> Self {
        Self { tasks: watch::channel(()).0, stops: watch::channel(()).0 }
    }
}

impl Senders {
    pub(crate) fn send(&self, wakes: &[Wake]) {
        for wake in wakes {
            match wake {
                Wake::Tasks => self.tasks.send_replace(()),
                Wake::Stops => self.stops.send_replace(()),
            }
        }
    }

    pub(crate) fn subscribe(&self) -> Wakes {
        Wakes { tasks: self.tasks.subscribe(), stops: self.stops.subscribe() }
    }
}

/// Tells other processes when the transaction commits.
pub(crate) async fn announce(conn: &mut Conn, wake: Wake) -> Result<()> {
    if conn.is_postgres()
        && let Raw::Postgres(raw) = conn.raw()
    {
        let notify = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(wake.as_str());
        bounded(notify.execute(raw)).await?;
    }
    Ok(())
}

/// Passes on what other processes announce, until the connection is lost.
pub(crate) async fn listen(pool: &PgPool, senders: &Senders) -> Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    // What was announced before this is not heard.
    senders.send(&Wake::ALL);
    loop {
        let Some(heard) = listener.try_recv().await.map_err(Error::from)? else {
            // It was connected anew; what was announced meanwhile was not heard either.
            senders.send(&Wake::ALL);
            continue;
        };
        if let Some(wake) = Wake::ALL.into_iter().find(|wake| wake.as_str() == heard.payload()) {
            senders.send(&[wake]);
        }
    }
}
