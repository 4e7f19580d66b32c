//! The scopes of the registry's bearer tokens (Docker token authentication,
//! "Requesting a Token": `type:name:actions`).

use serde::{Deserialize, Serialize};

/// One entry of a token's `access` claim: what its bearer may do with a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// `repository` or `registry`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A repository's full name, or `catalog`.
    pub name: String,
    /// Granted actions in the order asked.
    pub actions: Vec<String>,
    /// The id of the project that the grant was given for, so that a project of
    /// the same name made later does not inherit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<i64>,
}

/// A scope as a client asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// What stands before the first colon.
    pub kind: String,
    /// What stands between the first and the last colon.
    pub name: String,
    /// The comma list behind the last colon, without empties and repeats.
    pub actions: Vec<String>,
}

impl Scope {
    /// Parses one scope; `None` when it has not the three parts.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        let (name, actions) = rest.rsplit_once(':')?;
        let mut seen: Vec<String> = Vec::new();
        for action in actions.split(',').filter(|action| !action.is_empty()) {
            if !seen.iter().any(|known| known == action) {
                seen.push(action.to_owned());
            }
        }
        // `repository(plugin):…` is the class form that old docker clients send.
        let kind = kind.split('(').next().unwrap_or(kind);
        Some(Self { kind: kind.to_owned(), name: name.to_owned(), actions: seen })
    }
}
