//! Which lines are written: one level for all, others for components and for places in the code.

use tracing::level_filters::LevelFilter;

use super::component::{COMPONENTS, Component, is_in};

/// What is written of everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels {
    all: LevelFilter,
    components: [Option<LevelFilter>; COMPONENTS],
    /// By place in the code, the longest first. These win.
    targets: Vec<(String, LevelFilter)>,
}

/// What the place in the code alone says of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Written,
    Dropped,
    /// Its component decides, which only the request or the job knows.
    Depends,
}

impl Levels {
    /// Reads such as `info`, `warning,registry=debug` or `info,access=off`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut levels = Self { all: LevelFilter::INFO, components: [None; COMPONENTS], targets: Vec::new() };
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                None => levels.all = level(part)?,
                Some((name, word)) => levels.set(name.trim(), level(word.trim())?)?,
            }
        }
        // "already exists, skipping" and the like, at every start.
        let notices = "sqlx::postgres::notice";
        if !levels.targets.iter().any(|(target, _)| is_in(notices, target)) {
            levels.targets.push((notices.to_owned(), LevelFilter::WARN));
        }
        levels.targets.sort_by_key(|(target, _)| std::cmp::Reverse(target.len()));
        Ok(levels)
    }

    fn set(&mut self, name: &str, level: LevelFilter) -> Result<(), String> {
        if let Some(component) = Component::named(name) {
            if let Some(place) = self.components.get_mut(component as usize) {
                *place = Some(level);
            }
            return Ok(());
        }
        let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
        if name.is_empty() || !name.chars().all(is_path) {
            return Err(format!("`{name}` is no component and no place in the code"));
        }
        self.targets.push((name.to_owned(), level));
        Ok(())
    }

    /// The level of a component.
    fn of(&self, component: Component) -> LevelFilter {
        self.components.get(component as usize).copied().flatten().unwrap_or(self.all)
    }

    /// Whether a line of this component is written.
    pub(super) fn allows(&self, level: tracing::Level, target: &str, component: Component) -> bool {
        level <= self.of_target(target).unwrap_or_else(|| self.of(component))
    }

    fn of_target(&self, target: &str) -> Option<LevelFilter> {
        self.targets.iter().find(|(module, _)| is_in(target, module)).map(|(_, level)| *level)
    }

    /// What can be said without knowing the request or the job.
    pub(super) fn verdict(&self, level: tracing::Level, target: &str) -> Verdict {
        let word = |written: bool| if written { Verdict::Written } else { Verdict::Dropped };
        if let Some(most) = self.of_target(target) {
            return word(level <= most);
        }
        if let Some(component) = Component::of(target) {
            return word(level <= self.of(component));
        }
        let mut possible = Component::ALL.map(|component| level <= self.of(component)).into_iter();
        let first = possible.next().unwrap_or_default();
        if possible.all(|other| other == first) { word(first) } else { Verdict::Depends }
    }

    /// The level beyond which nothing is written.
    pub(super) fn most(&self) -> LevelFilter {
        let components = Component::ALL.into_iter().map(|component| self.of(component));
        components.chain(self.targets.iter().map(|(_, level)| *level)).max().unwrap_or(self.all)
    }
}

/// A level by the word that Harbor or Rust has for it.
fn level(word: &str) -> Result<LevelFilter, String> {
    Ok(match word.to_ascii_lowercase().as_str() {
        "off" => LevelFilter::OFF,
        "error" | "fatal" => LevelFilter::ERROR,
        "warn" | "warning" => LevelFilter::WARN,
        "info" => LevelFilter::INFO,
        "debug" => LevelFilter::DEBUG,
        "trace" => LevelFilter::TRACE,
        _ => return Err("expected a level (`debug`, `info`, `warning`, `error`, `off`), then perhaps levels of components, such as `info,registry=debug`".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn components_and_places_have_levels_of_their_own() {
        let levels = Levels::parse("warning, registry=debug,minato_store::s3=error,access=off").unwrap();
        for (level, target, component, expected) in [
            (Level::WARN, "minato_core::user", Component::Core, true),
            (Level::INFO, "minato_core::user", Component::Core, false),
            (Level::DEBUG, "minato_core::blob", Component::Registry, true),
            (Level::DEBUG, "minato_store::disk", Component::Registry, true),
            (Level::WARN, "minato_store::s3::seal", Component::Registry, false),
            (Level::ERROR, "access", Component::Proxy, false),
            (Level::INFO, "sqlx::postgres::notice", Component::Database, false),
        ] {
            assert_eq!(levels.allows(level, target, component), expected, "{level} {target}");
        }
        assert_eq!(levels.most(), LevelFilter::DEBUG);
        for (level, target, expected) in [
            (Level::DEBUG, "minato_store::disk", Verdict::Written),
            (Level::DEBUG, "minato_core::blob", Verdict::Depends),
            (Level::WARN, "minato_core::blob", Verdict::Written),
            (Level::TRACE, "minato_core::blob", Verdict::Dropped),
            (Level::INFO, "minato_queue::worker", Verdict::Dropped),
        ] {
            assert_eq!(levels.verdict(level, target), expected, "{level} {target}");
        }
    }

    #[test]
    fn what_is_no_level_is_refused() {
        for text in ["loud", "info,registry=", "info,=debug", "info,a b=debug", "registry"] {
            assert!(Levels::parse(text).is_err(), "{text}");
        }
        assert_eq!(Levels::parse("").unwrap(), Levels::parse("INFO").unwrap());
    }
}
