//! Users: the account and the rules for names and passwords.

use std::fmt;
use std::str::FromStr;

use crate::clock::Timestamp;
use crate::id::UserId;

/// The user that exists from the first start; Harbor's scripts expect its id to be 1.
pub const ADMIN_NAME: &str = "admin";

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Row id.
    pub id: UserId,
    /// Sign-in name, unique among all users.
    pub username: Username,
    /// Mail address, unique when not empty.
    pub email: String,
    /// Full name as shown.
    pub realname: String,
    /// Free text.
    pub comment: String,
    /// Whether the user is a system administrator.
    pub sysadmin: bool,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the account was last changed.
    pub updated_at: Timestamp,
}

/// A sign-in name (Harbor: 1–255 characters, none of `,"~#%$`).
///
/// Without `$` no user can be mistaken for a robot, without a colon every name
/// can be sent by HTTP Basic.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Username(Box<str>);

/// The text is no user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected 1 to 255 characters without white space at the ends and none of `,\"~#%$:` or control characters"
)]
pub struct InvalidUsername;

impl Username {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = InvalidUsername;

    fn from_str(text: &str) -> Result<Self, InvalidUsername> {
        let forbidden = |c: char| c.is_control() || ",\"~#%$:".contains(c);
        let length = text.chars().count();
        if text.trim() != text || !(1..=255).contains(&length) || text.contains(forbidden) {
            return Err(InvalidUsername);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What people say of themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    email: String,
    realname: String,
    comment: String,
}

/// A value of a profile breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProfile {
    /// The mail address.
    #[error("is no mail address of at most 255 characters")]
    Email,
    /// The full name.
    #[error("must not be empty, longer than 255 characters or contain any of `,\"~#%$`")]
    Realname,
    /// The free text.
    #[error("may have at most 30 characters")]
    Comment,
}

impl Profile {
    /// Checks the three values by Harbor's rules.
    pub fn new(email: String, realname: String, comment: String) -> Result<Self, InvalidProfile> {
        let (local, domain) = email.split_once('@').unwrap_or_default();
        let is_long = |text: &str, most: usize| text.chars().count() > most;
        if local.is_empty()
            || domain.is_empty()
            || is_long(&email, 255)
            || email.contains(|c: char| c.is_whitespace() || c == '#')
        {
            return Err(InvalidProfile::Email);
        }
        let forbidden = |c: char| ",\"~#%$".contains(c);
        if realname.is_empty() || is_long(&realname, 255) || realname.contains(forbidden) {
            return Err(InvalidProfile::Realname);
        }
        if is_long(&comment, 30) {
            return Err(InvalidProfile::Comment);
        }
        Ok(Self { email, realname, comment })
    }

    /// Mail address.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Full name.
    pub fn realname(&self) -> &str {
        &self.realname
    }

    /// Free text.
    pub fn comment(&self) -> &str {
        &self.comment
    }
}

impl InvalidProfile {
    /// The name of the value, as the API has it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Realname => "realname",
            Self::Comment => "comment",
        }
    }
}

/// Whether `password` is good enough (Harbor: 8–128 characters with an upper-case
/// letter, a lower-case letter and a digit).
pub fn is_acceptable_password(password: &str) -> bool {
    (8..=128).contains(&password.chars().count())
        && password.contains(|c: char| c.is_ascii_uppercase())
        && password.contains(|c: char| c.is_ascii_lowercase())
        && password.contains(|c: char| c.is_ascii_digit())
}

/// Whether `password` is one that the whole world knows (CVE-2026-4404 is
/// Harbor's default password).
pub fn is_well_known_password(password: &str) -> bool {
    const WELL_KNOWN: [&str; 4] = ["harbor12345", "password1", "admin123", "minato12345"];
    WELL_KNOWN.contains(&password.to_ascii_lowercase().as_str())
}
