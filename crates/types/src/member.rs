//! Members of projects: users and groups with a role.

use crate::id::{GroupId, MemberId, ProjectId, UserId};
use crate::project::Role;

/// A member of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Row id.
    pub id: MemberId,
    /// The project.
    pub project: ProjectId,
    /// Who it is.
    pub entity: Entity,
    /// The user's or group's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// Who can be a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entity {
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
}

impl Entity {
    /// Harbor's letter: `u` for a user, `g` for a group.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::User(_) => "u",
            Self::Group(_) => "g",
        }
    }

    /// The user's or group's row id.
    pub const fn id(self) -> i64 {
        match self {
            Self::User(id) => id.0,
            Self::Group(id) => id.0,
        }
    }

    /// Who is meant by Harbor's letter and a row id.
    pub fn from_parts(letter: &str, id: i64) -> Option<Self> {
        match letter {
            "u" => Some(Self::User(UserId(id))),
            "g" => Some(Self::Group(GroupId(id))),
            _ => None,
        }
    }
}
