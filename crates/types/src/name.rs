//! Names of projects and repositories.

use std::fmt;
use std::str::FromStr;

/// Longest name in characters. Clients cap `host/name` at 255.
const MAX_LEN: usize = 255;

/// The name of a project (Harbor: `^[a-z0-9]+(?:[._-][a-z0-9]+)*$`, 1–255).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProjectName(Box<str>);

/// The full name of a repository: its project's name and at least one more
/// path component (distribution-spec, "Pulling manifests", `<name>`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepositoryName {
    text: Box<str>,
    project_len: usize,
}

/// The text is no project name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 1 to 255 lower-case letters and digits, joined by single `.`, `_` or `-`")]
pub struct InvalidProjectName;

/// The text is no repository name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `project/repository` in lower-case letters, digits and the separators `.`, `_`, `__`, `-`, at most 255 characters"
)]
pub struct InvalidRepositoryName;

impl ProjectName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RepositoryName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the project, the first path component.
    pub fn project(&self) -> &str {
        self.text.get(..self.project_len).unwrap_or("")
    }

    /// The name inside the project.
    pub fn within_project(&self) -> &str {
        self.text.get(self.project_len + 1..).unwrap_or("")
    }
}

impl FromStr for ProjectName {
    type Err = InvalidProjectName;

    fn from_str(text: &str) -> Result<Self, InvalidProjectName> {
        if is_plain_name(text) { Ok(Self(text.into())) } else { Err(InvalidProjectName) }
    }
}

/// Whether `text` follows the rule that names of projects and of robots share.
pub(crate) fn is_plain_name(text: &str) -> bool {
    text.len() <= MAX_LEN && is_component(text, |separator| separator.len() == 1)
}

impl FromStr for RepositoryName {
    type Err = InvalidRepositoryName;

    fn from_str(text: &str) -> Result<Self, InvalidRepositoryName> {
        let (project, _) = text.split_once('/').ok_or(InvalidRepositoryName)?;
        let oci =
            |separator: &str| matches!(separator, "." | "_" | "__") || separator.bytes().all(|b| b == b'-');
        if text.len() <= MAX_LEN && text.split('/').all(|component| is_component(component, oci)) {
            Ok(Self { text: text.into(), project_len: project.len() })
        } else {
            Err(InvalidRepositoryName)
        }
    }
}

/// Alphanumeric runs with an allowed separator between each two.
fn is_component(text: &str, allowed: impl Fn(&str) -> bool) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let starts_and_ends_well = text.starts_with(alphanumeric) && text.ends_with(alphanumeric);
    starts_and_ends_well
        && text
            .split(alphanumeric)
            .filter(|run| !run.is_empty())
            .all(|run| run.bytes().all(|b| matches!(b, b'.' | b'_' | b'-')) && allowed(run))
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_spellings() {
        for good in ["a", "library", "a.b", "a-b_c.d", "0", &"a".repeat(255)] {
            assert!(good.parse::<ProjectName>().is_ok(), "{good:?}");
        }
        for bad in ["", "A", "a--b", "a..b", "-a", "a-", "a/b", "a b", "ä", &"a".repeat(256)] {
            assert!(bad.parse::<ProjectName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn repository_spellings() {
        for good in ["a/b", "a/b/c", "library/a__b", "library/a---b", "a/b.c_d-e"] {
            assert!(good.parse::<RepositoryName>().is_ok(), "{good:?}");
        }
        for bad in ["a", "a/", "/a", "a//b", "a/B", "a/b___c", "a/b..c", "a/-b", "a/b/", "a/../b", "a/b\n"] {
            assert!(bad.parse::<RepositoryName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn parts_of_a_repository_name() {
        let name: RepositoryName = "library/team/app".parse().unwrap();
        assert_eq!((name.project(), name.within_project()), ("library", "team/app"));
    }
}
