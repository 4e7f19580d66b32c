//! Rules of retention, and what they say of a repository's artifacts. Nothing here reads or writes.
//!
//! An artifact stays when any rule keeps it, with all its tags; the others go. In a repository that no
//! rule is about nothing goes.
//!
//! Where a rule asks when an artifact was pulled last and it never was, the time of its push counts: in
//! Harbor what has just been pushed goes first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use minato_types::clock::Timestamp;
use minato_types::id::ArtifactId;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::selector::{Choice, Scope, Selector};
use crate::{Error, Result};

/// What rules do.
pub const ACTION: &str = "retain";

/// Most that a number in a rule may be, as in Harbor.
const MOST: i64 = 20_190_904;

/// What a rule keeps of what it chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// The most recently pushed.
    LatestPushed,
    /// The most recently pulled.
    LatestPulled,
    /// What was pushed within so many days.
    DaysSincePush,
    /// What was pulled within so many days.
    DaysSincePull,
    /// Everything.
    Always,
    /// The most recently pushed or pulled.
    LatestActive,
    /// What was pushed within so many days, by its older name.
    LastDays,
    /// The highest semantic versions; Minato's own.
    LatestVersions,
    /// What was pushed within so many days before the newest was; Minato's own.
    DaysBeforeNewest,
}

impl Template {
    /// All that are offered, in Harbor's order, then Minato's own; then those that are only carried out.
    pub const ALL: [Self; 9] = [
        Self::LatestPushed,
        Self::LatestPulled,
        Self::DaysSincePush,
        Self::DaysSincePull,
        Self::Always,
        Self::LatestVersions,
        Self::DaysBeforeNewest,
        Self::LatestActive,
        Self::LastDays,
    ];

    /// Its name, which is also that of its number.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LatestPushed => "latestPushedK",
            Self::LatestPulled => "latestPulledN",
            Self::DaysSincePush => "nDaysSinceLastPush",
            Self::DaysSincePull => "nDaysSinceLastPull",
            Self::Always => "always",
            Self::LatestActive => "latestActiveK",
            Self::LastDays => "lastXDays",
            Self::LatestVersions => "latestVersionsK",
            Self::DaysBeforeNewest => "nDaysBeforeNewest",
        }
    }

    /// What it says to people, and what its number counts; `None` where it is only carried out.
    pub const fn offer(self) -> Option<(&'static str, Option<&'static str>)> {
        match self {
            Self::LatestPushed => Some(("the most recently pushed # artifacts", Some("COUNT"))),
            Self::LatestPulled => Some(("the most recently pulled # artifacts", Some("COUNT"))),
            Self::DaysSincePush => Some(("pushed within the last # days", Some("DAYS"))),
            Self::DaysSincePull => Some(("pulled within the last # days", Some("DAYS"))),
            Self::Always => Some(("always", None)),
            Self::LatestVersions => {
                Some(("the # artifacts whose tags are the highest semantic versions", Some("COUNT")))
            }
            Self::DaysBeforeNewest => {
                Some(("pushed within # days before the newest artifact was", Some("DAYS")))
            }
            Self::LatestActive | Self::LastDays => None,
        }
    }

    /// What Harbor takes when no number is given.
    const fn default_number(self) -> i64 {
        match self {
            Self::DaysSincePush | Self::DaysSincePull | Self::DaysBeforeNewest => 30,
            _ => 10,
        }
    }

    fn parse(name: &str) -> Result<Self> {
        let names = || Self::ALL.map(Self::as_str).join(", ");
        Self::ALL
            .into_iter()
            .find(|template| template.as_str() == name)
            .ok_or_else(|| Error::invalid("template", format!("`{name}` is none; there are {}", names())))
    }
}

/// A rule as clients send it and as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Its place in the policy.
    pub id: i64,
    /// Without effect.
    pub priority: i64,
    /// Whether it counts for nothing.
    pub disabled: bool,
    /// Always `retain`.
    pub action: String,
    /// See [`Template`].
    pub template: String,
    /// The template's number, under its name.
    pub params: BTreeMap<String, Value>,
    /// Which artifacts, by their tags.
    pub tag_selectors: Vec<Choice>,
    /// Which repositories.
    pub scope_selectors: Scope,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            id: 0,
            priority: 0,
            disabled: false,
            action: ACTION.to_owned(),
            template: String::new(),
            params: BTreeMap::new(),
            tag_selectors: Vec::new(),
            scope_selectors: Scope::new(),
        }
    }
}

/// A rule, ready to be carried out.
pub(crate) struct Ready {
    template: Template,
    number: i64,
    tags: Vec<(Selector, bool)>,
    repositories: Vec<Selector>,
}

/// An artifact that rules decide about.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) id: ArtifactId,
    pub(crate) digest: String,
    pub(crate) tags: Vec<String>,
    /// When it was pushed last, also unchanged, or lost its last tag.
    pub(crate) touched_at: Timestamp,
    /// When it or one of its tags was pushed last.
    pub(crate) pushed_at: Timestamp,
    /// When it or one of its tags was pulled last.
    pub(crate) pulled_at: Option<Timestamp>,
    /// When it was pushed first.
    pub(crate) created_at: Timestamp,
}

impl Candidate {
    fn pulled(&self) -> Timestamp {
        self.pulled_at.unwrap_or(self.pushed_at)
    }

    fn active(&self) -> Timestamp {
        self.pulled().max(self.pushed_at)
    }

    fn version(&self) -> Option<Version> {
        self.tags.iter().filter_map(|tag| version(tag)).max()
    }
}

/// A tag as a version: `1.2.3`, `v1.2`, `2.0.0-rc.1`.
fn version(tag: &str) -> Option<Version> {
    let plain = tag.strip_prefix('v').unwrap_or(tag);
    let (numbers, rest) = match plain.find(['-', '+']) {
        Some(at) => plain.split_at(at),
        None => (plain, ""),
    };
    let missing = match numbers.split('.').count() {
        2 => ".0",
        3 => "",
        _ => return None,
    };
    Version::parse(&format!("{numbers}{missing}{rest}")).ok()
}

impl Rule {
    /// Checks it and makes it ready.
    pub(crate) fn ready(&self) -> Result<Ready> {
        if self.action != ACTION {
            return Err(Error::invalid("action", format!("must be `{ACTION}`")));
        }
        let template = Template::parse(&self.template)?;
        let tags = self.tag_selectors.iter().map(tag_selector).collect::<Result<_>>()?;
        let repositories = self.scope_selectors.get("repository").map(Vec::as_slice).unwrap_or_default();
        if self.scope_selectors.keys().any(|scope| scope != "repository") {
            return Err(Error::invalid("scope_selectors", "expected selectors of `repository`"));
        }
        let repository = |choice: &Choice| {
            choice.check("scope_selectors", ["repoMatches", "repoExcludes"])?;
            choice.selector()
        };
        let repositories = repositories.iter().map(repository).collect::<Result<_>>()?;
        Ok(Ready { template, number: self.number(template)?, tags, repositories })
    }

    fn number(&self, template: Template) -> Result<i64> {
        let Some(given) = self.params.get(template.as_str()) else { return Ok(template.default_number()) };
        let number = given.as_i64().filter(|number| (0..=MOST).contains(number));
        number.ok_or_else(|| {
            let why = format!("`{}` must be a whole number from 0 to {MOST}", template.as_str());
            Error::invalid("params", why)
        })
    }

    /// Whether it says the same, wherever it stands.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Self { id: 0, ..self.clone() } == Self { id: 0, ..other.clone() }
    }
}

/// A selector of tags, and whether it chooses artifacts that have none.
fn tag_selector(choice: &Choice) -> Result<(Selector, bool)> {
    #[derive(Deserialize)]
    struct Extras {
        #[serde(default)]
        untagged: bool,
    }
    choice.check("tag_selectors", ["matches", "excludes"])?;
    let excludes = choice.decoration == "excludes";
    let extras = serde_json::from_str::<Extras>(&choice.extras).map(|extras| extras.untagged);
    // As in Harbor: without a word artifacts without tags are chosen, by a match and by an exclusion.
    let untagged = extras.unwrap_or(!excludes);
    Ok((choice.selector()?, untagged != excludes))
}

impl Ready {
    /// Whether it is about a repository, given by its name inside the project.
    pub(crate) fn is_about(&self, repository: &str) -> bool {
        self.repositories.iter().all(|selector| selector.chooses(repository))
    }

    fn chooses(&self, candidate: &Candidate) -> bool {
        self.tags.iter().all(|(selector, untagged)| {
            if candidate.tags.is_empty() {
                *untagged
            } else {
                candidate.tags.iter().any(|tag| selector.chooses(tag))
            }
        })
    }

    /// Which of the candidates it keeps, by their place.
    fn keeps(&self, candidates: &[Candidate], now: Timestamp) -> Vec<usize> {
        let chosen = || candidates.iter().enumerate().filter(|(_, candidate)| self.chooses(candidate));
        let first = |key: &dyn Fn(&Candidate) -> Timestamp| {
            let mut ranked: Vec<_> = chosen().collect();
            ranked.sort_by_key(|(_, candidate)| Reverse((key(candidate), candidate.id)));
            ranked.into_iter().map(|(place, _)| place).take(self.count()).collect()
        };
        let since = |key: &dyn Fn(&Candidate) -> Timestamp, end: Timestamp| {
            let days = u64::try_from(self.number).unwrap_or(0).saturating_mul(24);
            let begin = end.minus(Duration::from_hours(days));
            chosen().filter(|(_, c)| key(c) >= begin).map(|(place, _)| place).collect()
        };
        match self.template {
            Template::Always => chosen().map(|(place, _)| place).collect(),
            Template::LatestPushed => first(&|c| c.pushed_at),
            Template::LatestPulled => first(&Candidate::pulled),
            Template::LatestActive => first(&Candidate::active),
            Template::DaysSincePush | Template::LastDays => since(&|c| c.pushed_at, now),
            Template::DaysSincePull => since(&Candidate::pulled, now),
            Template::DaysBeforeNewest => {
                let newest = chosen().map(|(_, c)| c.pushed_at).max().unwrap_or(now);
                since(&|c| c.pushed_at, newest)
            }
            Template::LatestVersions => {
                let mut versions: Vec<_> =
                    chosen().filter_map(|(place, c)| Some((c.version()?, place))).collect();
                versions.sort_by(|one, other| other.cmp(one));
                versions.into_iter().map(|(_, place)| place).take(self.count()).collect()
            }
        }
    }

    fn count(&self) -> usize {
        usize::try_from(self.number).unwrap_or(0)
    }
}

/// Which rule keeps each of the candidates: the first that does, by its place; `None` of those that go.
pub(crate) fn decide(rules: &[&Ready], candidates: &[Candidate], now: Timestamp) -> Vec<Option<usize>> {
    let mut kept = vec![None; candidates.len()];
    for (number, rule) in rules.iter().enumerate().rev() {
        for place in rule.keeps(candidates, now) {
            if let Some(slot) = kept.get_mut(place) {
                *slot = Some(number);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn candidate(id: i64, tags: &[&str], pushed: i64, pulled: Option<i64>) -> Candidate {
        let day = |day: i64| Timestamp::from_micros(day * DAY);
        Candidate {
            id: ArtifactId(id),
            digest: format!("sha256:{id:064}"),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            touched_at: day(pushed),
            pushed_at: day(pushed),
            pulled_at: pulled.map(day),
            created_at: day(pushed),
        }
    }

    fn rule(template: &str, number: Option<i64>, tags: Value) -> Rule {
        let params: BTreeMap<_, _> = number.map(|n| (template.to_owned(), json!(n))).into_iter().collect();
        let tag_selectors = serde_json::from_value(tags).unwrap();
        Rule { template: template.to_owned(), params, tag_selectors, ..Rule::default() }
    }

    fn all() -> Value {
        json!([{ "kind": "doublestar", "decoration": "matches", "pattern": "**" }])
    }

    /// At day 100.
    fn kept(rules: &[Rule], candidates: &[Candidate]) -> Vec<i64> {
        let ready: Vec<Ready> = rules.iter().map(|rule| rule.ready().unwrap()).collect();
        let ready: Vec<&Ready> = ready.iter().collect();
        let kept = decide(&ready, candidates, Timestamp::from_micros(100 * DAY));
        candidates.iter().zip(kept).filter(|(_, by)| by.is_some()).map(|(c, _)| c.id.0).collect()
    }

    #[test]
    fn what_each_template_keeps() {
        let candidates = [
            candidate(1, &["v1.0.0"], 10, Some(99)),
            candidate(2, &["v1.10.0"], 50, Some(60)),
            candidate(3, &["v1.9.0", "stable"], 70, None),
            candidate(4, &["nightly"], 95, None),
            candidate(5, &[], 97, None),
        ];
        for (template, number, expected) in [
            ("latestPushedK", Some(2), vec![4, 5]),
            ("latestPushedK", Some(0), vec![]),
            ("latestPushedK", None, vec![1, 2, 3, 4, 5]),
            // Never pulled: as if pulled when it was pushed.
            ("latestPulledN", Some(2), vec![1, 5]),
            ("nDaysSinceLastPush", Some(10), vec![4, 5]),
            ("nDaysSinceLastPull", Some(5), vec![1, 4, 5]),
            ("nDaysSinceLastPull", None, vec![1, 3, 4, 5]),
            ("latestActiveK", Some(3), vec![1, 4, 5]),
            ("lastXDays", Some(40), vec![3, 4, 5]),
            ("latestVersionsK", Some(2), vec![2, 3]),
            ("nDaysBeforeNewest", Some(2), vec![4, 5]),
            ("always", None, vec![1, 2, 3, 4, 5]),
        ] {
            assert_eq!(
                kept(&[rule(template, number, all())], &candidates),
                expected,
                "{template} {number:?}"
            );
        }
    }

    #[test]
    fn rules_add_up_and_choose_by_tags() {
        let candidates = [
            candidate(1, &["v1", "latest"], 10, None),
            candidate(2, &["test-2"], 20, None),
            candidate(3, &[], 30, None),
        ];
        let tags = |decoration: &str, pattern: &str, extras: &str| json!([{ "kind": "doublestar", "decoration": decoration, "pattern": pattern, "extras": extras }]);
        for (selectors, expected) in [
            (tags("matches", "v*", ""), vec![1, 3]),
            (tags("matches", "v*", r#"{"untagged":false}"#), vec![1]),
            (tags("matches", "{latest,test-*}", r#"{"untagged":false}"#), vec![1, 2]),
            // As in Harbor, an exclusion chooses what has no tags, unless it says that it excludes that too.
            (tags("excludes", "test-*", ""), vec![1, 3]),
            (tags("excludes", "test-*", r#"{"untagged":false}"#), vec![1, 3]),
            (tags("excludes", "test-*", r#"{"untagged":true}"#), vec![1]),
        ] {
            assert_eq!(
                kept(&[rule("always", None, selectors.clone())], &candidates),
                expected,
                "{selectors}"
            );
        }
        let both = [
            rule("latestPushedK", Some(1), tags("matches", "test-*", r#"{"untagged":false}"#)),
            rule("always", None, tags("matches", "latest", r#"{"untagged":false}"#)),
        ];
        assert_eq!(kept(&both, &candidates), [1, 2]);
    }

    #[test]
    fn versions() {
        let of = |tag: &str| version(tag).map(|version| version.to_string());
        assert_eq!(of("v1.2.3").as_deref(), Some("1.2.3"));
        assert_eq!(of("1.2").as_deref(), Some("1.2.0"));
        assert_eq!(of("2.0.0-rc.1").as_deref(), Some("2.0.0-rc.1"));
        assert!(version("2.0.0-rc.1") < version("2.0.0"));
        for none in ["latest", "1", "2026.01.02.3", "v", "1.x"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn bad_rules_are_refused() {
        let good = rule("latestPushedK", Some(1), all());
        assert!(good.ready().is_ok());
        for bad in [
            Rule { template: "keepNothing".to_owned(), ..good.clone() },
            Rule { action: "delete".to_owned(), ..good.clone() },
            rule("latestPushedK", Some(-1), all()),
            rule("latestPushedK", Some(99_999_999), all()),
            Rule { params: [("latestPushedK".to_owned(), json!("3"))].into(), ..good.clone() },
            rule("always", None, json!([{ "kind": "doublestar", "decoration": "matches", "pattern": "[" }])),
            rule("always", None, json!([{ "kind": "label", "decoration": "with", "pattern": "x" }])),
        ] {
            assert!(bad.ready().is_err(), "{bad:?}");
        }
    }
}
