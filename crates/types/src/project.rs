//! Projects and their members' roles.

use crate::clock::Timestamp;
use crate::id::{ProjectId, UserId};
use crate::name::ProjectName;

/// The public project that exists from the first start.
pub const LIBRARY: &str = "library";

/// A project: the unit of ownership and permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Row id.
    pub id: ProjectId,
    /// Name, unique among all projects.
    pub name: ProjectName,
    /// The user who made it.
    pub owner_id: UserId,
    /// Whether everyone may pull from it.
    pub public: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Whose signatures an artifact of a project needs before it may be pulled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentTrust {
    /// One by cosign.
    pub cosign: bool,
    /// One by notation.
    pub notation: bool,
}

/// What a member may do in a project; the ids are Harbor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything in the project (id 1).
    ProjectAdmin,
    /// Push and pull (id 2).
    Developer,
    /// Pull (id 3).
    Guest,
    /// Push, pull, delete and policies (id 4).
    Maintainer,
    /// Pull, without seeing members or logs (id 5).
    LimitedGuest,
}

impl Role {
    /// All five roles, strongest first.
    pub const ALL: [Self; 5] =
        [Self::ProjectAdmin, Self::Maintainer, Self::Developer, Self::Guest, Self::LimitedGuest];

    /// Harbor's number of the role.
    pub const fn id(self) -> i64 {
        match self {
            Self::ProjectAdmin => 1,
            Self::Developer => 2,
            Self::Guest => 3,
            Self::Maintainer => 4,
            Self::LimitedGuest => 5,
        }
    }

    /// Harbor's word for the role.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProjectAdmin => "projectAdmin",
            Self::Developer => "developer",
            Self::Guest => "guest",
            Self::Maintainer => "maintainer",
            Self::LimitedGuest => "limitedGuest",
        }
    }

    /// The role with Harbor's number `id`.
    pub fn from_id(id: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.id() == id)
    }
}
