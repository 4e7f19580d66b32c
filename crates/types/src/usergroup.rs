//! Groups of users, as directories and identity providers know them.

use std::fmt;
use std::str::FromStr;

use crate::id::GroupId;

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserGroup {
    /// Row id.
    pub id: GroupId,
    /// Name, unique among all groups.
    pub name: GroupName,
    /// Where its members are known.
    pub kind: GroupKind,
    /// The name by which a directory knows it; empty for groups of other kinds.
    pub ldap_group_dn: String,
}

/// Where the members of a group are known; the ids are Harbor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// In an LDAP directory (id 1).
    Ldap,
    /// By an authentication proxy (id 2).
    Http,
    /// By an `OpenID` provider (id 3).
    Oidc,
}

impl GroupKind {
    /// Harbor's number of the kind.
    pub const fn id(self) -> i64 {
        match self {
            Self::Ldap => 1,
            Self::Http => 2,
            Self::Oidc => 3,
        }
    }

    /// The kind with Harbor's number `id`.
    pub fn from_id(id: i64) -> Option<Self> {
        [Self::Ldap, Self::Http, Self::Oidc].into_iter().find(|kind| kind.id() == id)
    }
}

/// The name of a group: 1 to 255 characters without control characters. Providers choose it, so
/// that little else can be asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName(Box<str>);

/// The text is no group name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to 255 characters without control characters")]
pub struct InvalidGroupName;

impl GroupName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GroupName {
    type Err = InvalidGroupName;

    fn from_str(text: &str) -> Result<Self, InvalidGroupName> {
        let text = text.trim();
        if !(1..=255).contains(&text.chars().count()) || text.contains(char::is_control) {
            return Err(InvalidGroupName);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
