//! Patterns that choose repositories and tags: doublestar's, as Harbor writes them.
//!
//! `*` and `?` stay inside one path component, `**` crosses them, `{a,b}` is either, `[a-z]` one
//! of a class.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The only kind of choice.
pub const SELECTOR_KIND: &str = "doublestar";

/// What chooses repositories or tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Always [`SELECTOR_KIND`].
    pub kind: String,
    /// Whether the pattern says what is chosen or what is not.
    pub decoration: String,
    /// In the language of doublestar.
    pub pattern: String,
    /// JSON; retention reads in it whether artifacts without tags are meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub extras: String,
}

/// Choices by what they are about.
pub type Scope = BTreeMap<String, Vec<Choice>>;

impl Choice {
    pub(crate) fn selector(&self) -> Result<Selector> {
        Selector::new(&self.pattern, matches!(self.decoration.as_str(), "excludes" | "repoExcludes"))
    }

    /// Whether it can be compared, with one of these decorations.
    pub(crate) fn check(&self, field: &'static str, decorations: [&str; 2]) -> Result<()> {
        if self.kind != SELECTOR_KIND {
            return Err(Error::invalid(field, format!("`kind` must be `{SELECTOR_KIND}`")));
        }
        if !decorations.contains(&self.decoration.as_str()) {
            return Err(Error::invalid(field, format!("`decoration` must be {}", decorations.join(" or "))));
        }
        if self.pattern.is_empty() {
            return Err(Error::invalid(field, "`pattern` must not be empty; `**` is everything"));
        }
        self.selector().map(drop)
    }
}

/// A pattern, ready to be compared.
#[derive(Clone, Debug)]
pub(crate) struct Selector {
    pattern: GlobMatcher,
    /// Whether it chooses what does *not* match.
    excludes: bool,
}

impl Selector {
    /// Reads a pattern; the error names it.
    pub(crate) fn new(pattern: &str, excludes: bool) -> Result<Self> {
        // Doublestar takes `**` on its own for everything, the empty text included.
        let glob = GlobBuilder::new(pattern).literal_separator(true).empty_alternates(true).build();
        let glob =
            glob.map_err(|error| Error::invalid("pattern", format!("`{pattern}`: {}", error.kind())))?;
        Ok(Self { pattern: glob.compile_matcher(), excludes })
    }

    /// Whether it chooses this text.
    pub(crate) fn chooses(&self, text: &str) -> bool {
        self.pattern.is_match(text) != self.excludes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doublestars_semantics() {
        for (pattern, text, expected) in [
            ("**", "a/b", true),
            ("**", "a", true),
            ("*", "a", true),
            ("*", "a/b", false),
            ("a*", "abc", true),
            ("a/**", "a/b/c", true),
            ("a/**", "b/a", false),
            ("**/c", "a/b/c", true),
            ("**/c", "c", true),
            ("{a,b*}", "bx", true),
            ("{a,b*}", "c", false),
            ("v[0-9].?", "v1.2", true),
            ("v[0-9].?", "vx.2", false),
            ("1.0", "1x0", false),
            ("", "", true),
        ] {
            assert_eq!(Selector::new(pattern, false).unwrap().chooses(text), expected, "{pattern} {text}");
            assert_eq!(Selector::new(pattern, true).unwrap().chooses(text), !expected, "{pattern} {text}");
        }
        assert!(Selector::new("[a", false).is_err());
    }
}
