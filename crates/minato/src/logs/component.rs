//! Which of Harbor's components a line is of.
//!
//! Where a line was made says so, if only one component does that; else what the request or the job
//! is for, in which it was made; else it is of `core`. `docs/logging.md` has the table.

/// A component. Harbor has a container and a log file for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// The entry: connections, and one line for each request.
    Proxy,
    /// The console's files.
    Portal,
    /// Rules and the management API.
    Core,
    /// `/v2/` and the store.
    Registry,
    /// Garbage collection.
    Registryctl,
    /// Jobs and the queue.
    Jobservice,
    /// The database.
    Database,
}

/// How many there are.
pub(super) const COMPONENTS: usize = Component::ALL.len();

/// Where lines are made (a module and what is in it), and of which component they are.
const TARGETS: &[(&str, Component)] = &[
    ("access", Component::Proxy),
    ("minato_web::proxy", Component::Proxy),
    ("minato_web::server", Component::Proxy),
    ("hyper", Component::Proxy),
    ("hyper_util", Component::Proxy),
    ("h2", Component::Proxy),
    ("minato_web::portal", Component::Portal),
    ("minato_web::v2", Component::Registry),
    ("minato_store", Component::Registry),
    ("object_store", Component::Registry),
    ("minato_core::gc", Component::Registryctl),
    ("minato_core::job", Component::Jobservice),
    ("minato_queue", Component::Jobservice),
    ("minato_db", Component::Database),
    ("sqlx", Component::Database),
];

impl Component {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Proxy,
        Self::Portal,
        Self::Core,
        Self::Registry,
        Self::Registryctl,
        Self::Jobservice,
        Self::Database,
    ];

    /// Its name in lines, settings and names of files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proxy => "proxy",
            Self::Portal => "portal",
            Self::Core => "core",
            Self::Registry => "registry",
            Self::Registryctl => "registryctl",
            Self::Jobservice => "jobservice",
            Self::Database => "database",
        }
    }

    /// The one of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|component| component.name() == name)
    }

    /// The only one whose lines are made there.
    pub(super) fn of(target: &str) -> Option<Self> {
        TARGETS.iter().find(|(module, _)| is_in(target, module)).map(|(_, component)| *component)
    }
}

/// Whether a module is another one or in it.
pub(super) fn is_in(target: &str, module: &str) -> bool {
    target.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_tells_the_component() {
        for (target, expected) in [
            ("access", Some(Component::Proxy)),
            ("minato_web::v2::blob", Some(Component::Registry)),
            ("minato_store::s3", Some(Component::Registry)),
            ("minato_core::gc::sweep", Some(Component::Registryctl)),
            ("minato_core::gcx", None),
            ("minato_core::authz", None),
            ("minato_web::api::gc", None),
            ("sqlx::query", Some(Component::Database)),
            ("hyper_util::client::legacy::pool", Some(Component::Proxy)),
            ("minato::serve", None),
        ] {
            assert_eq!(Component::of(target), expected, "{target}");
        }
    }

    #[test]
    fn the_documentation_has_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/logging.md");
        let docs = std::fs::read_to_string(path).unwrap();
        for component in Component::ALL {
            assert!(docs.contains(&format!("| `{}` |", component.name())), "{}", component.name());
        }
        for (target, _) in TARGETS {
            assert!(docs.contains(&format!("`{target}`")), "{target}");
        }
    }
}
