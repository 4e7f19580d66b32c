//! Robot accounts: the entity, its names, and what it may be given.
//!
//! Which pairs may be given is decided in `core::authz`, not here.

use std::fmt;
use std::str::FromStr;

use crate::clock::Timestamp;
use crate::id::{ProjectId, RobotId, UserId};
use crate::name::is_plain_name;
use crate::permission::{Action, Resource, SystemResource};

/// An account for programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Robot {
    /// Row id.
    pub id: RobotId,
    /// The project that it belongs to, with its name; the system's have none.
    pub project: Option<(ProjectId, String)>,
    /// Its own name, without prefix and project.
    pub name: RobotName,
    /// Free text.
    pub description: String,
    /// For how long it is good, counted from its making.
    pub duration: Lifetime,
    /// Whether it may not sign in for now.
    pub disabled: bool,
    /// Who made it.
    pub creator: Creator,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Whose robots: the system's or a project's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The system's.
    System,
    /// A project's.
    Project,
}

/// Whom a robot belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The system as a whole.
    System,
    /// One project.
    Project(ProjectId),
}

/// Who made a robot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creator {
    /// A person.
    User(UserId),
    /// Another robot.
    Robot(RobotId),
}

/// How long a robot is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// For ever.
    Endless,
    /// For so many days.
    Days(u32),
}

/// One thing that a robot may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RobotGrant {
    /// In the system as a whole.
    System(SystemResource, Action),
    /// In one project, or in all of them.
    Project(Option<ProjectId>, Resource, Action),
}

/// A grant as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The grant.
    pub grant: RobotGrant,
    /// Name of the one project that it is for.
    pub project_name: Option<String>,
    /// `allow`, or nothing, which means the same; kept as it came.
    pub effect: String,
}

/// The own name of a robot (Harbor: `^[a-z0-9]+(?:[._-][a-z0-9]+)*$`, at most 255).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RobotName(Box<str>);

/// The text is no robot's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected 1 to 255 lower-case letters and digits, joined by single `.`, `_` or `-`, without prefix and project"
)]
pub struct InvalidRobotName;

/// The number is no lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of days from 1 to 2147483647, or -1 for ever")]
pub struct InvalidLifetime;

impl RobotName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RobotName {
    type Err = InvalidRobotName;

    fn from_str(text: &str) -> Result<Self, InvalidRobotName> {
        if is_plain_name(text) { Ok(Self(text.into())) } else { Err(InvalidRobotName) }
    }
}

impl fmt::Display for RobotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Level {
    /// Harbor's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Project => "project",
        }
    }

    /// What Harbor calls so.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::System, Self::Project].into_iter().find(|level| level.as_str() == name)
    }
}

impl Owner {
    /// The project, where there is one.
    pub const fn project(self) -> Option<ProjectId> {
        match self {
            Self::System => None,
            Self::Project(id) => Some(id),
        }
    }
}

impl From<Option<ProjectId>> for Owner {
    fn from(project: Option<ProjectId>) -> Self {
        project.map_or(Self::System, Self::Project)
    }
}

impl Creator {
    /// Harbor's word for the kind of it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "local",
            Self::Robot(_) => "robot",
        }
    }

    /// Its row id.
    pub const fn id(self) -> i64 {
        match self {
            Self::User(id) => id.0,
            Self::Robot(id) => id.0,
        }
    }

    /// The creator of that kind with that id.
    pub fn from_parts(kind: &str, id: i64) -> Self {
        if kind == "robot" { Self::Robot(RobotId(id)) } else { Self::User(UserId(id)) }
    }
}

impl Lifetime {
    /// Longest number of days.
    const MAX_DAYS: u32 = i32::MAX.unsigned_abs();

    /// From Harbor's number: days, or -1.
    pub fn from_days(days: i64) -> Result<Self, InvalidLifetime> {
        match u32::try_from(days) {
            Ok(days) if (1..=Self::MAX_DAYS).contains(&days) => Ok(Self::Days(days)),
            Err(_) if days == -1 => Ok(Self::Endless),
            _ => Err(InvalidLifetime),
        }
    }

    /// Harbor's number: days, or -1.
    pub fn days(self) -> i64 {
        match self {
            Self::Endless => -1,
            Self::Days(days) => i64::from(days),
        }
    }

    /// When what was made at `made` ends, in seconds since the epoch; -1 for never.
    pub fn ends_at(self, made: Timestamp) -> i64 {
        const SECONDS_OF_A_DAY: i64 = 86_400;
        match self {
            Self::Endless => -1,
            Self::Days(days) => made.as_secs() + i64::from(days) * SECONDS_OF_A_DAY,
        }
    }

    /// Whether what was made at `made` has ended.
    pub fn is_over(self, made: Timestamp, now: Timestamp) -> bool {
        self != Self::Endless && now.as_secs() >= self.ends_at(made)
    }
}

impl Robot {
    /// Whose it is.
    pub fn level(&self) -> Level {
        if self.project.is_some() { Level::Project } else { Level::System }
    }

    /// The name to sign in with, where the prefix is `prefix`.
    pub fn full_name(&self, prefix: &str) -> String {
        full_name(prefix, self.project.as_ref().map(|(_, project)| project.as_str()), self.name.as_str())
    }
}

/// The name that a robot signs in with.
pub fn full_name(prefix: &str, project: Option<&str>, name: &str) -> String {
    match project {
        Some(project) => format!("{prefix}{project}+{name}"),
        None => format!("{prefix}{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["ci", "a.b-c_d", "0"] {
            assert!(good.parse::<RobotName>().is_ok(), "{good:?}");
        }
        for bad in ["", "CI", "robot$ci", "team+ci", "a..b", "-a", "a b", &"a".repeat(256)] {
            assert!(bad.parse::<RobotName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn lifetimes() {
        for (days, right) in
            [(-1, true), (1, true), (2_147_483_647, true), (0, false), (-2, false), (2_147_483_648, false)]
        {
            let parsed = Lifetime::from_days(days);
            assert_eq!(parsed.is_ok(), right, "{days}");
            assert!(parsed.is_err() || parsed.unwrap().days() == days);
        }
        let made = Timestamp::from_micros(10_000_000);
        assert_eq!(Lifetime::Days(1).ends_at(made), 86_410);
        assert!(Lifetime::Days(1).is_over(made, Timestamp::from_micros(86_410_000_000)));
        assert!(!Lifetime::Days(1).is_over(made, Timestamp::from_micros(86_409_999_999)));
        assert!(!Lifetime::Endless.is_over(made, Timestamp::from_micros(i64::MAX)));
    }
}
