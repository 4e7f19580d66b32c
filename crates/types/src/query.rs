//! What a client may ask of a list: Harbor's `q` and `sort` parameters, parsed once.
//!
//! `q` is a comma list of `key=pattern`:
//!
//! | pattern | means |
//! |---|---|
//! | `v` | equal |
//! | `~v` | contains, ignoring case |
//! | `[a~b]` | from `a` to `b`; either may be missing |
//! | `{a b}` | any of these |
//! | `(a b)` | all of these |
//!
//! A backslash before the first character takes its meaning away. Which keys a list knows, and
//! what their values have to be, is decided where the list is made; unknown keys are ignored
//! there, as in Harbor.

use std::borrow::Cow;

/// The conditions and the order of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of them have to hold.
    pub conditions: Vec<Condition>,
    /// Most important first; empty for the list's own order.
    pub order: Vec<Order>,
}

/// A key and what its value must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// In the spelling of [`key`].
    pub key: String,
    /// What is asked of the value.
    pub pattern: Pattern,
}

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// It is this.
    Equal(String),
    /// It contains this, in upper or lower case.
    Contains(String),
    /// It lies between these, ends included.
    Between(Option<String>, Option<String>),
    /// It lies above the first or below the second, ends excluded.
    Beyond(Option<String>, Option<String>),
    /// It is one of these.
    AnyOf(Vec<String>),
    /// It has all of these.
    AllOf(Vec<String>),
}

/// One key to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// In the spelling of [`key`].
    pub key: String,
    /// Largest first.
    pub descending: bool,
}

/// The text can't be read as `q`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "q: `{0}` is not of the form `key=value`, `key=~value`, `key=[min~max]`, `key={{a b}}` or `key=(a b)`"
)]
pub struct InvalidQuery(String);

/// The one spelling of a key: Harbor takes the column's name (`project_id`) and the field's
/// (`ProjectID`).
pub fn key(text: &str) -> String {
    text.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

impl Query {
    /// Parses the values of the parameters `q` and `sort`, decoded once; empty ones ask nothing.
    pub fn parse(q: &str, sort: &str) -> Result<Self, InvalidQuery> {
        let conditions = q.split(',').filter(|_| !q.is_empty()).map(condition).collect::<Result<_, _>>()?;
        let order = sort.split(',').map(str::trim).filter(|text| !text.is_empty()).map(order).collect();
        Ok(Self { conditions, order })
    }

    /// Adds a condition that came by another way than `q`.
    pub fn require(&mut self, name: &str, pattern: Pattern) {
        self.conditions.push(Condition { key: key(name), pattern });
    }

    /// The pattern that is asked of `name`, the last one if there are several.
    pub fn pattern(&self, name: &str) -> Option<&Pattern> {
        let wanted = key(name);
        self.conditions.iter().rfind(|condition| condition.key == wanted).map(|condition| &condition.pattern)
    }

    /// Takes the pattern that is asked of `name` out of the conditions.
    pub fn take(&mut self, name: &str) -> Option<Pattern> {
        let found = self.pattern(name).cloned();
        let wanted = key(name);
        self.conditions.retain(|condition| condition.key != wanted);
        found
    }
}

fn order(text: &str) -> Order {
    let (descending, name) = match text.strip_prefix('-') {
        Some(name) => (true, name),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    Order { key: key(name), descending }
}

fn condition(text: &str) -> Result<Condition, InvalidQuery> {
    let invalid = || InvalidQuery(text.to_owned());
    let (name, value) = text.split_once('=').ok_or_else(invalid)?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || value.is_empty() {
        return Err(invalid());
    }
    let (name, operator) = name.split_once("__").unwrap_or((name, "exact"));
    let pattern = pattern(value).ok_or_else(invalid)?;
    let pattern = match (operator, pattern) {
        ("exact" | "in", pattern) => pattern,
        ("icontains", Pattern::Equal(text)) => Pattern::Contains(text),
        ("gte", Pattern::Equal(text)) => Pattern::Between(Some(text), None),
        ("lte", Pattern::Equal(text)) => Pattern::Between(None, Some(text)),
        ("gt", Pattern::Equal(text)) => Pattern::Beyond(Some(text), None),
        ("lt", Pattern::Equal(text)) => Pattern::Beyond(None, Some(text)),
        _ => return Err(invalid()),
    };
    Ok(Condition { key: key(name), pattern })
}

fn pattern(text: &str) -> Option<Pattern> {
    let enclosed =
        |open: char, close: char| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    if let Some(rest) = text.strip_prefix('\\') {
        return Some(Pattern::Equal(rest.to_owned()));
    }
    if let Some(rest) = text.strip_prefix('~') {
        return Some(Pattern::Contains(rest.to_owned()));
    }
    match text.chars().next()? {
        '[' => {
            let (least, most) = enclosed('[', ']')?.split_once('~')?;
            let end = |text: &str| Some(unquoted(text.trim()).into_owned()).filter(|text| !text.is_empty());
            match (end(least), end(most)) {
                (None, None) => None,
                (least, most) => Some(Pattern::Between(least, most)),
            }
        }
        '{' => Some(Pattern::AnyOf(members(enclosed('{', '}')?))),
        '(' => Some(Pattern::AllOf(members(enclosed('(', ')')?))),
        _ => Some(Pattern::Equal(text.to_owned())),
    }
}

fn members(text: &str) -> Vec<String> {
    text.split_whitespace().map(|member| unquoted(member).into_owned()).collect()
}

/// Quotes make a number text in Harbor; here a column knows what it holds.
fn unquoted(text: &str) -> Cow<'_, str> {
    text.trim_matches(|c| c == '\'' || c == '"').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(q: &str) -> (String, Pattern) {
        let mut query = Query::parse(q, "").unwrap();
        assert_eq!(query.conditions.len(), 1);
        let condition = query.conditions.remove(0);
        (condition.key, condition.pattern)
    }

    #[test]
    fn every_pattern() {
        let text = |text: &str| text.to_owned();
        let check = |q: &str, expected: Pattern| assert_eq!(one(q), (text("k"), expected), "{q}");
        check("k=v", Pattern::Equal(text("v")));
        check("k=a=b", Pattern::Equal(text("a=b")));
        check("k=\\~v", Pattern::Equal(text("~v")));
        check("k=~v", Pattern::Contains(text("v")));
        check("k=[1~2]", Pattern::Between(Some(text("1")), Some(text("2"))));
        check("k=[1~]", Pattern::Between(Some(text("1")), None));
        check("k=[~2]", Pattern::Between(None, Some(text("2"))));
        check("k={a  'b'}", Pattern::AnyOf(vec![text("a"), text("b")]));
        check("k=(1 2)", Pattern::AllOf(vec![text("1"), text("2")]));
        check("k__icontains=v", Pattern::Contains(text("v")));
        check("k__gte=v", Pattern::Between(Some(text("v")), None));
        check("k__lt=v", Pattern::Beyond(None, Some(text("v"))));
        check("k__in={a b}", Pattern::AnyOf(vec![text("a"), text("b")]));
    }

    #[test]
    fn column_and_field_names_are_one_key() {
        for name in ["project_id", "ProjectID", "projectId"] {
            assert_eq!(one(&format!("{name}=1")).0, "projectid");
        }
    }

    #[test]
    fn what_is_refused() {
        for q in ["k", "=v", "k=", "k=v,", "k=[1]", "k=[~]", "k={a", "k=(a", "k__gte=~v", "k__regex=v"] {
            assert!(Query::parse(q, "").is_err(), "{q}");
        }
    }

    #[test]
    fn orders() {
        let order = Query::parse("", "a,-push_time, ,+c").unwrap().order;
        let shown: Vec<_> = order.iter().map(|order| (order.key.as_str(), order.descending)).collect();
        assert_eq!(shown, [("a", false), ("pushtime", true), ("c", false)]);
    }
}
