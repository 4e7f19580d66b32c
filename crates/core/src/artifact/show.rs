//! What lists and details tell of artifacts beside their rows: read for a whole page at once, in a
//! fixed number of statements.

use std::collections::HashMap;

use minato_db::Conn;
use minato_types::artifact::{Accessory, AccessoryKind, Artifact, AttachedLabel, Child, TagDetail};
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, ProjectId, RepositoryId};
use minato_types::name::RepositoryName;
use minato_types::scan::ReportKind;

use crate::immutable::Rules;
use crate::scan::{self, Overview};
use crate::{Error, Result};

/// What is wanted beside the row.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the API")]
pub struct Wanted {
    /// Its tags.
    pub tags: bool,
    /// Whether rules hold the tags.
    pub immutable: bool,
    /// Its labels.
    pub labels: bool,
    /// What belongs to it.
    pub accessories: bool,
    /// Signatures of the indexes that list it.
    pub inherited: bool,
    /// How its scan stands, in the first of these forms in which there is a report.
    pub scan: &'static [ReportKind],
}

/// An artifact with what was wanted.
#[derive(Debug)]
pub struct Shown {
    /// The artifact.
    pub artifact: Artifact,
    /// Newest first.
    pub tags: Vec<ShownTag>,
    /// By name.
    pub labels: Vec<AttachedLabel>,
    /// Newest first.
    pub accessories: Vec<ShownAccessory>,
    /// Signatures of the indexes that list it.
    pub inherited: Vec<ShownAccessory>,
    /// What an index lists.
    pub children: Vec<Child>,
    /// Whether the project's scanner can look into it.
    pub scannable: bool,
    /// How its scan stands, where that was wanted and there was one.
    pub scan: Option<Overview>,
}

/// A tag, and whether a rule holds it.
#[derive(Clone, Debug)]
pub struct ShownTag {
    /// The tag.
    pub tag: TagDetail,
    /// Whether a rule holds it, where that was wanted.
    pub immutable: bool,
}

/// An accessory beside its subject.
#[derive(Clone, Debug)]
pub struct ShownAccessory {
    /// The accessory itself.
    pub artifact: Artifact,
    /// What it is to its subject.
    pub kind: AccessoryKind,
    /// The subject's row.
    pub subject: ArtifactId,
    /// The subject's digest.
    pub subject_digest: Digest,
}

impl ShownAccessory {
    /// The artifact as an accessory of `subject`, if it is one at all.
    pub(super) fn of(artifact: Artifact, subject: ArtifactId) -> Option<Self> {
        let Accessory { kind, subject: subject_digest } = artifact.accessory.clone()?;
        Some(Self { artifact, kind, subject, subject_digest })
    }
}

/// The artifacts of one project with what is wanted of them, in the same order.
pub(super) async fn all(
    conn: &mut Conn,
    project: ProjectId,
    artifacts: Vec<Artifact>,
    wanted: Wanted,
) -> Result<Vec<Shown>> {
    let ids: Vec<ArtifactId> = artifacts.iter().map(|artifact| artifact.id).collect();
    let mut tags =
        if wanted.tags { tags(conn, project, &artifacts, wanted.immutable).await? } else { HashMap::new() };
    let mut labels = group(
        if wanted.labels { minato_db::artifact::list_labels_of(conn, &ids).await? } else { Vec::new() },
        |label| label.artifact,
    );
    let mut accessories = if wanted.accessories {
        let found = minato_db::artifact::list_accessories_of(conn, &ids).await?;
        group(beside(found, &artifacts), |accessory| accessory.subject)
    } else {
        HashMap::new()
    };
    let mut inherited = if wanted.inherited { inherited(conn, &artifacts).await? } else { HashMap::new() };
    let mut children = group(minato_db::artifact::children(conn, &ids).await?, |child| child.parent);
    let mut scans = scan::overviews(conn, project, &artifacts, &children, wanted.scan).await?;
    let shown = artifacts.into_iter().map(|artifact| Shown {
        scannable: scans.contains_key(&artifact.id),
        scan: scans.remove(&artifact.id).flatten(),
        tags: tags.remove(&artifact.id).unwrap_or_default(),
        labels: labels.remove(&artifact.id).unwrap_or_default(),
        accessories: accessories.remove(&artifact.id).unwrap_or_default(),
        inherited: inherited.remove(&artifact.id).unwrap_or_default(),
        children: children.remove(&artifact.id).unwrap_or_default(),
        artifact,
    });
    Ok(shown.collect())
}

fn group<T>(items: Vec<T>, key: impl Fn(&T) -> ArtifactId) -> HashMap<ArtifactId, Vec<T>> {
    let mut groups: HashMap<_, Vec<T>> = HashMap::new();
    for item in items {
        groups.entry(key(&item)).or_default().push(item);
    }
    groups
}

async fn tags(
    conn: &mut Conn,
    project: ProjectId,
    artifacts: &[Artifact],
    immutable: bool,
) -> Result<HashMap<ArtifactId, Vec<ShownTag>>> {
    let ids: Vec<ArtifactId> = artifacts.iter().map(|artifact| artifact.id).collect();
    let found = minato_db::tag::list_of(conn, &ids).await?;
    let rules = if immutable { Some(Rules::read(conn, project).await?) } else { None };
    let mut names: HashMap<RepositoryId, RepositoryName> = HashMap::new();
    if rules.as_ref().is_some_and(|rules| !rules.is_empty()) {
        for artifact in artifacts {
            let name = artifact.repository_name.parse().map_err(Error::internal)?;
            names.insert(artifact.repository, name);
        }
    }
    let is_held = |tag: &TagDetail| {
        let name = names.get(&tag.repository);
        rules.as_ref().zip(name).is_some_and(|(rules, name)| rules.hold(name, &tag.name))
    };
    let shown = found.into_iter().map(|tag| ShownTag { immutable: is_held(&tag), tag }).collect();
    Ok(group(shown, |shown: &ShownTag| shown.tag.artifact))
}

/// Puts accessories beside their subjects.
fn beside(accessories: Vec<Artifact>, subjects: &[Artifact]) -> Vec<ShownAccessory> {
    let subjects: HashMap<(RepositoryId, &Digest), ArtifactId> =
        subjects.iter().map(|artifact| ((artifact.repository, &artifact.digest), artifact.id)).collect();
    let place = |artifact: Artifact| {
        let digest = &artifact.accessory.as_ref()?.subject;
        let subject = *subjects.get(&(artifact.repository, digest))?;
        ShownAccessory::of(artifact, subject)
    };
    accessories.into_iter().filter_map(place).collect()
}

/// Signatures of the indexes that list the artifacts, by artifact.
async fn inherited(
    conn: &mut Conn,
    artifacts: &[Artifact],
) -> Result<HashMap<ArtifactId, Vec<ShownAccessory>>> {
    let ids: Vec<ArtifactId> = artifacts.iter().map(|artifact| artifact.id).collect();
    let parents = minato_db::artifact::parents(conn, &ids).await?;
    let parent_ids: Vec<ArtifactId> = parents.iter().map(|parent| parent.id).collect();
    let found = minato_db::artifact::list_accessories_of(conn, &parent_ids).await?;
    let signatures: Vec<Artifact> = found
        .into_iter()
        .filter(|artifact| artifact.accessory.as_ref().is_some_and(|accessory| accessory.kind.is_signature()))
        .collect();
    let repositories: HashMap<ArtifactId, RepositoryId> =
        artifacts.iter().map(|artifact| (artifact.id, artifact.repository)).collect();
    let mut inherited: HashMap<ArtifactId, Vec<ShownAccessory>> = HashMap::new();
    for parent in &parents {
        let of_parent = signatures.iter().filter(|signature| {
            repositories.get(&parent.child) == Some(&signature.repository)
                && signature.accessory.as_ref().is_some_and(|accessory| accessory.subject == parent.digest)
        });
        let shown = of_parent.filter_map(|signature| ShownAccessory::of(signature.clone(), parent.id));
        inherited.entry(parent.child).or_default().extend(shown);
    }
    Ok(inherited)
}
