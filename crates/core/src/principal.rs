//! Who is asking.

use std::sync::Arc;

use minato_types::id::UserId;

use crate::token::Claims;

/// Somebody whose identity was proven, or nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// No credentials were given.
    Anonymous,
    /// A user who gave the right password.
    User {
        /// The account.
        id: UserId,
        /// Its name, for logs.
        name: String,
        /// Whether it is a system administrator.
        sysadmin: bool,
    },
}

impl Principal {
    /// The user's id for queries, where 0 is nobody.
    pub(crate) fn user_id(&self) -> i64 {
        match self {
            Self::Anonymous => 0,
            Self::User { id, .. } => id.0,
        }
    }

    /// Whether the caller has signed in.
    pub fn is_authenticated(&self) -> bool {
        !matches!(self, Self::Anonymous)
    }

    /// Whether the caller is a system administrator.
    pub fn is_sysadmin(&self) -> bool {
        matches!(self, Self::User { sysadmin: true, .. })
    }

    /// The name as logs show it; empty for nobody.
    pub fn name(&self) -> &str {
        match self {
            Self::Anonymous => "",
            Self::User { name, .. } => name,
        }
    }
}

/// How a caller of the registry protocol proves who it is and what it may do.
#[derive(Clone, Debug)]
pub enum Caller {
    /// By itself: what it may do is looked up.
    Direct(Principal),
    /// By a token: what it may do was decided when the token was issued.
    Token(Arc<Claims>),
}

impl Caller {
    /// The name as logs show it; empty for nobody.
    pub fn name(&self) -> &str {
        match self {
            Self::Direct(principal) => principal.name(),
            Self::Token(claims) => &claims.sub,
        }
    }

    /// Whether the caller is somebody.
    pub fn is_authenticated(&self) -> bool {
        !self.name().is_empty()
    }

    /// Whom an upload session belongs to. By id, so that an account made later under the same
    /// name does not inherit it.
    pub(crate) fn owner(&self) -> String {
        match self {
            Self::Direct(principal) => format!("user:{}", principal.user_id()),
            Self::Token(claims) => format!("user:{}", claims.uid),
        }
    }
}
