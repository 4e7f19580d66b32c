//! Which project role holds which permission: Harbor 2.16's matrix as one table.
//!
//! 22 resources, 75 pairs; 198 grants. A test counts them, another holds
//! `docs/permissions.md` against the table.

use minato_types::permission::Action::{self, Create, Delete, List, Operate, Pull, Push, Read, Stop, Update};
use minato_types::permission::{Resource, SystemResource};
use minato_types::project::Role;

use Role::{Developer as D, Guest as G, LimitedGuest as L, Maintainer as M, ProjectAdmin as A};

/// One row: these roles may do these things to this resource.
pub(crate) type Row = (Resource, &'static [Action], &'static [Role]);

/// The table. A pair that stands in no row belongs to no role.
pub(crate) const MATRIX: &[Row] = &[
    (Resource::Project, &[Read], &[A, M, D, G, L]),
    (Resource::Project, &[Update, Delete], &[A]),
    (Resource::Member, &[Read, List], &[A, M, D, G]),
    (Resource::Member, &[Create, Update, Delete], &[A]),
    (Resource::Metadata, &[Read], &[A, M]),
    (Resource::Metadata, &[Create, Update, Delete], &[A]),
    (Resource::Log, &[List], &[A]),
    (Resource::Label, &[Read, List], &[A, M, D, G]),
    (Resource::Label, &[Create, Update, Delete], &[A, M]),
    (Resource::Quota, &[Read], &[A, M, D, G, L]),
    (Resource::Repository, &[Read, List, Pull], &[A, M, D, G, L]),
    (Resource::Repository, &[Create, Update, Push], &[A, M, D]),
    (Resource::Repository, &[Delete], &[A, M]),
    (Resource::Artifact, &[Read, List], &[A, M, D, G, L]),
    (Resource::Artifact, &[Create], &[A, M, D]),
    (Resource::Artifact, &[Delete], &[A, M]),
    (Resource::ArtifactAddition, &[Read], &[A, M, D, G, L]),
    (Resource::ArtifactLabel, &[Create, Delete], &[A, M, D]),
    (Resource::Accessory, &[List], &[A, M, D, G, L]),
    (Resource::Tag, &[List], &[A, M, D, G, L]),
    (Resource::Tag, &[Create], &[A, M, D]),
    (Resource::Tag, &[Delete], &[A, M]),
    (Resource::Scan, &[Read], &[A, M, D, G, L]),
    (Resource::Scan, &[Create, Stop], &[A, M]),
    (Resource::Sbom, &[Read], &[A, M, D, G, L]),
    (Resource::Sbom, &[Create, Stop], &[A, M]),
    (Resource::Scanner, &[Read], &[A, M, D, G, L]),
    (Resource::Scanner, &[Create], &[A]),
    (Resource::TagRetention, &[Create, Read, Update, Delete, List, Operate], &[A, M, D]),
    (Resource::ImmutableTag, &[Create, Update, Delete, List], &[A, M]),
    (Resource::Configuration, &[Read], &[A, M, D, G, L]),
    (Resource::Configuration, &[Update], &[A]),
    (Resource::Robot, &[Read, List], &[A, M, D, G]),
    (Resource::Robot, &[Create, Update, Delete], &[A]),
    (Resource::NotificationPolicy, &[Read, List], &[A, M]),
    (Resource::NotificationPolicy, &[Create, Update, Delete], &[A]),
    (Resource::PreheatPolicy, &[Create, Read, Update, Delete, List], &[A]),
    (Resource::ExportCve, &[Create, Read, List], &[A, M, D]),
];

/// What everybody, signed in or not, may do in a public project.
pub(crate) const PUBLIC: &[(Resource, &[Action])] = &[
    (Resource::Project, &[Read]),
    (Resource::Label, &[Read, List]),
    (Resource::Repository, &[List, Pull]),
    (Resource::Scan, &[Read]),
    (Resource::Scanner, &[Read]),
    (Resource::Tag, &[List]),
    (Resource::Artifact, &[Read, List]),
    (Resource::ArtifactAddition, &[Read]),
    (Resource::Accessory, &[List]),
];

/// What Harbor tells a system administrator of its rights on the system, for the console to show or
/// hide its parts by.
pub(crate) const SYSTEM: &[(SystemResource, &[Action])] = &[
    (SystemResource::AuditLog, &[List]),
    (SystemResource::Catalog, &[Read]),
    (SystemResource::Configuration, &[Read, Update]),
    (SystemResource::Distribution, &[Create, Read, Update, Delete, List]),
    (SystemResource::GarbageCollection, &[Create, Read, Update, Delete, List]),
    (SystemResource::JobServiceMonitor, &[Read, List, Stop]),
    (SystemResource::LdapUser, &[Create, List]),
    (SystemResource::Project, &[Create, Read, Update, Delete, List]),
    (SystemResource::Registry, &[Create, Read, Update, Delete, List]),
    (SystemResource::Replication, &[Create, Read, Update, Delete, List]),
    (SystemResource::ScanAll, &[Create, Read, Update, Delete, List, Stop]),
    (SystemResource::SecurityHub, &[Read, List]),
    (SystemResource::SystemVolumes, &[Read]),
    (SystemResource::User, &[Create, Read, Update, Delete, List]),
    (SystemResource::UserGroup, &[Create, Read, Update, Delete, List]),
];

/// Whether `role` holds the pair.
pub(crate) fn role_holds(role: Role, resource: Resource, action: Action) -> bool {
    MATRIX
        .iter()
        .any(|(r, actions, roles)| *r == resource && actions.contains(&action) && roles.contains(&role))
}

/// Whether everybody holds the pair in a public project.
pub(crate) fn public_holds(resource: Resource, action: Action) -> bool {
    PUBLIC.iter().any(|(r, actions)| *r == resource && actions.contains(&action))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_has_harbors_size() {
        let pairs: usize = MATRIX.iter().map(|(_, actions, _)| actions.len()).sum();
        assert_eq!(pairs, 75);
        let held = |role: Role| {
            MATRIX.iter().filter(|row| row.2.contains(&role)).map(|row| row.1.len()).sum::<usize>()
        };
        assert_eq!(
            Role::ALL.map(held),
            [75, 53, 36, 20, 14],
            "admin, maintainer, developer, guest, limited guest"
        );
        assert_eq!(PUBLIC.iter().map(|(_, actions)| actions.len()).sum::<usize>(), 12);
        assert_eq!(SYSTEM.iter().map(|(_, actions)| actions.len()).sum::<usize>(), 53);
    }

    fn rendered() -> String {
        use std::fmt::Write as _;
        let mut table = "| resource | action | projectAdmin | maintainer | developer | guest | limitedGuest | everybody, if public |\n|---|---|---|---|---|---|---|---|\n".to_owned();
        let cell = |holds: bool| if holds { "yes" } else { "" };
        for resource in Resource::ALL {
            for action in Action::ALL {
                let held = Role::ALL.map(|role| cell(role_holds(role, *resource, *action)));
                if held.iter().any(|held| !held.is_empty()) {
                    let public = cell(public_holds(*resource, *action));
                    let held = held.join(" | ");
                    writeln!(table, "| {} | {} | {held} | {public} |", resource.as_str(), action.as_str())
                        .unwrap();
                }
            }
        }
        table
    }

    /// With `MINATO_TEST_FIX` set, writes the table instead (`make fix`).
    #[test]
    fn the_documentation_has_the_matrix() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");
        let docs = std::fs::read_to_string(path).unwrap();
        let (text, _) = docs.split_once("| resource |").unwrap();
        let right = format!("{text}{}{}", rendered(), super::super::robots::rendered());
        if std::env::var_os("MINATO_TEST_FIX").is_some() {
            std::fs::write(path, &right).unwrap();
        } else {
            assert_eq!(docs, right, "run `make fix`");
        }
    }

    #[test]
    fn no_pair_stands_in_two_rows() {
        for (i, (resource, actions, _)) in MATRIX.iter().enumerate() {
            for (other, other_actions, _) in &MATRIX[i + 1..] {
                let shared = actions.iter().any(|action| other_actions.contains(action));
                assert!(resource != other || !shared, "{resource:?}");
            }
        }
    }

    #[test]
    fn public_is_no_more_than_a_limited_guest_but_for_labels() {
        for (resource, actions) in PUBLIC {
            for action in *actions {
                let guest = role_holds(G, *resource, *action);
                assert!(guest, "{resource:?}:{action:?}");
            }
        }
    }
}
