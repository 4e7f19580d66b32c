//! Words for queued work, in Harbor's spelling.

/// How far a task has come, or what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Waits for a free worker.
    Pending,
    /// Waits for its time: delayed, or to be tried again.
    Scheduled,
    /// A worker has it.
    Running,
    /// Done.
    Success,
    /// Failed for good.
    Error,
    /// Ended because somebody asked for that.
    Stopped,
}

impl Status {
    /// All, in the order of a task's life.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Scheduled, Self::Running, Self::Success, Self::Error, Self::Stopped];

    /// Harbor's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Scheduled => "Scheduled",
            Self::Running => "Running",
            Self::Success => "Success",
            Self::Error => "Error",
            Self::Stopped => "Stopped",
        }
    }

    /// The status with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether nothing follows.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Error | Self::Stopped)
    }
}

/// Why there is an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Somebody asked for it.
    Manual,
    /// Its time had come.
    Schedule,
    /// Something happened.
    Event,
}

impl Trigger {
    /// Harbor's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "MANUAL",
            Self::Schedule => "SCHEDULE",
            Self::Event => "EVENT",
        }
    }

    /// The trigger with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Manual, Self::Schedule, Self::Event].into_iter().find(|trigger| trigger.as_str() == word)
    }
}
