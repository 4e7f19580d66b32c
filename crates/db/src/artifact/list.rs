//! How lists and details show artifacts.

use std::collections::{BTreeMap, BTreeSet};

use minato_types::artifact::{Accessory, AccessoryKind, Artifact, AttachedLabel, Child};
use minato_types::clock::Timestamp;
use minato_types::digest::Digest;
use minato_types::id::{ArtifactId, LabelId, ProjectId, RepositoryId};
use minato_types::query::{Pattern, Query};

use crate::dialect::{corrupt, fetch_all, json_ints, row, with_list};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Error, Result};

row! {
    struct Row {
        id: i64,
        project_id: i64,
        repository_id: i64,
        repository_name: String,
        digest: String,
        media_type: String,
        config_type: String,
        artifact_type: Option<String>,
        accessory_of: Option<String>,
        accessory_type: Option<String>,
        kind: String,
        attributes: String,
        annotations: String,
        icon: Option<String>,
        size: i64,
        push_time: i64,
        pull_time: i64,
    }
}

row! {
    struct Found { artifact_id: i64 }
}

row! {
    struct ChildRow {
        parent_id: i64,
        child_id: i64,
        digest: String,
        kind: String,
        media_type: String,
        description: String,
    }
}

row! {
    struct LabelRow {
        artifact_id: i64,
        id: i64,
        project_id: Option<i64>,
        name: String,
        description: String,
        color: String,
        created_at: i64,
        updated_at: i64,
    }
}

const LIST: Spec = Spec {
    base: "artifact a",
    from: "artifact a JOIN repository r ON r.id = a.repository_id",
    columns: "a.id, a.project_id, a.repository_id, r.name AS repository_name, a.digest, a.media_type,
        a.config_type, COALESCE(a.artifact_type, a.referrer_type) AS artifact_type, a.accessory_of,
        a.accessory_type, a.kind, a.attributes, a.annotations, a.icon, a.size, a.push_time, a.pull_time",
    key: "a.id",
    fields: &[
        Field { name: "id", sql: "a.id", kind: Kind::Int, sortable: true },
        Field { name: "digest", sql: "a.digest", kind: Kind::Text, sortable: true },
        Field { name: "type", sql: "a.kind", kind: Kind::Text, sortable: false },
        Field { name: "mediatype", sql: "a.config_type", kind: Kind::Text, sortable: false },
        Field { name: "manifestmediatype", sql: "a.media_type", kind: Kind::Text, sortable: false },
        Field {
            name: "artifacttype",
            sql: "COALESCE(a.artifact_type, a.referrer_type)",
            kind: Kind::Text,
            sortable: false,
        },
        Field { name: "repositoryid", sql: "a.repository_id", kind: Kind::Int, sortable: false },
        Field { name: "size", sql: "a.size", kind: Kind::Int, sortable: true },
        Field { name: "pushtime", sql: "a.push_time", kind: Kind::Time, sortable: true },
        Field { name: "pulltime", sql: "a.pull_time", kind: Kind::Time, sortable: true },
    ],
    order: &[("a.push_time", true), ("a.id", true)],
};

/// What may be asked of an artifact's accessories.
const ACCESSORIES: Spec = Spec {
    fields: &[
        Field { name: "id", sql: "a.id", kind: Kind::Int, sortable: true },
        Field { name: "artifactid", sql: "a.id", kind: Kind::Int, sortable: true },
        Field { name: "digest", sql: "a.digest", kind: Kind::Text, sortable: true },
        Field { name: "type", sql: "a.accessory_type", kind: Kind::Text, sortable: false },
        Field { name: "size", sql: "a.size", kind: Kind::Int, sortable: true },
        Field { name: "creationtime", sql: "a.push_time", kind: Kind::Time, sortable: true },
    ],
    ..LIST
};

/// Which artifacts a list is about.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// Those of a repository.
    Repository(RepositoryId),
    /// Those of a project.
    Project(ProjectId),
    /// The newest one of each repository of a project among those that are alike.
    NewestOfEach(ProjectId, Likeness),
}

/// By what artifacts are alike.
#[derive(Clone, Copy, Debug)]
pub enum Likeness {
    /// Their configuration's media type.
    MediaType,
    /// Their `artifactType`, or what stands for it.
    ArtifactType,
}

/// A window of the artifacts that `query` asks for, and how many there are.
///
/// Known besides the fields: `tags` (a name, `~part`, `*` for any, `nil` for none), `labels`
/// (ids, all of which an artifact must have) and `base=*` (children of indexes as well).
pub async fn list(
    conn: &mut Conn,
    scope: Scope,
    query: &Query,
    window: Window,
) -> Result<(Vec<Artifact>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    let of_base = matches!(query.pattern("base"), Some(Pattern::Equal(base)) if base == "*");
    match scope {
        Scope::Repository(id) => listing.and("a.repository_id = ?", [Arg::Int(id.0)]),
        Scope::Project(id) | Scope::NewestOfEach(id, _) => {
            listing.and("a.project_id = ?", [Arg::Int(id.0)]);
        }
    }
    listing.and(if of_base { "a.accessory_of IS NULL" } else { "a.listed" }, []);
    if let Scope::NewestOfEach(_, likeness) = scope {
        let alike = match likeness {
            Likeness::MediaType => "n.config_type = a.config_type",
            Likeness::ArtifactType => {
                "COALESCE(n.artifact_type, n.referrer_type) = COALESCE(a.artifact_type, a.referrer_type)"
            }
        };
        let newest = format!(
            "NOT EXISTS (SELECT 1 FROM artifact n WHERE n.repository_id = a.repository_id AND n.listed
                AND {alike} AND (n.push_time > a.push_time OR (n.push_time = a.push_time AND n.id > a.id)))"
        );
        listing.and(&newest, []);
    }
    if let Some(pattern) = query.pattern("tags") {
        and_tags(conn, &mut listing, scope, pattern).await?;
    }
    if let Some(pattern) = query.pattern("labels") {
        and_labels(&mut listing, pattern)?;
    }
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Artifact::try_from).collect::<Result<_>>()?, total))
}

/// Tags are looked up first and artifacts by them, not a tag for each artifact.
async fn and_tags(conn: &mut Conn, listing: &mut Listing, scope: Scope, pattern: &Pattern) -> Result<()> {
    let of_scope = match scope {
        Scope::Repository(id) => format!("t.repository_id = {}", id.0),
        Scope::Project(id) | Scope::NewestOfEach(id, _) => {
            format!("t.repository_id IN (SELECT id FROM repository WHERE project_id = {})", id.0)
        }
    };
    let is_in = format!("a.id IN (SELECT t.artifact_id FROM tag t WHERE {of_scope}");
    match pattern {
        Pattern::Equal(any) if any == "*" => {
            listing.and("a.tagged = TRUE", []);
        }
        Pattern::Equal(none) if none == "nil" => {
            listing.and("a.tagged = FALSE", []);
        }
        Pattern::Equal(name) => {
            listing.and(&format!("{is_in} AND t.name = ?)"), [Arg::Text(name.clone())]);
        }
        Pattern::Contains(part) => {
            // In the case that they are written in, as in Harbor: names of tags differ by it.
            let (occurs, text) = if conn.is_postgres() {
                ("t.name LIKE ? ESCAPE '\\'", crate::listing::contains(part))
            } else {
                ("instr(t.name, ?) > 0", part.clone())
            };
            let found = format!("SELECT t.artifact_id FROM tag t WHERE {of_scope} AND {occurs}");
            match few(conn, &found, &text).await? {
                Some(ids) => listing.and_any("a.id", ids.into_iter().map(Arg::Int)),
                None => listing.and(&format!("a.id IN ({found})"), [Arg::Text(text)]),
            }
        }
        Pattern::AnyOf(names) => {
            let markers = vec!["?"; names.len()].join(", ");
            listing.and(&format!("{is_in} AND t.name IN ({markers}))"), names.iter().cloned().map(Arg::Text));
        }
        _ => return Err(Error::Query("tags can be asked for by name, `~part`, `*` or `nil`".to_owned())),
    }
    Ok(())
}

/// What a statement finds by a text, if that is few: then neither counting a list nor finding a page of
/// it has to look for it again.
async fn few(conn: &mut Conn, sql: &str, text: &str) -> Result<Option<BTreeSet<i64>>> {
    const FEW: usize = 500;
    let sql = format!("{} LIMIT {}", sql.replace('?', "$1"), FEW + 1);
    let rows = crate::listing::fetch::<Found>(conn, sql, &[Arg::Text(text.to_owned())]).await?;
    Ok((rows.len() <= FEW).then(|| rows.into_iter().map(|row| row.artifact_id).collect()))
}

fn and_labels(listing: &mut Listing, pattern: &Pattern) -> Result<()> {
    let wrong = || Error::Query("labels are asked for by their ids: `labels=(1 2)`".to_owned());
    let texts = match pattern {
        Pattern::AllOf(texts) => texts.as_slice(),
        Pattern::Equal(text) => std::slice::from_ref(text),
        _ => return Err(wrong()),
    };
    for text in texts {
        let id = text.parse().map_err(|_| wrong())?;
        listing.and("a.id IN (SELECT artifact_id FROM artifact_label WHERE label_id = ?)", [Arg::Int(id)]);
    }
    Ok(())
}

/// An artifact by its digest.
pub async fn get_detail(
    conn: &mut Conn,
    repository: RepositoryId,
    digest: &Digest,
) -> Result<Option<Artifact>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing
        .and("a.repository_id = ? AND a.digest = ?", [Arg::Int(repository.0), Arg::Text(digest.to_string())]);
    let found = listing.page::<Row>(conn, Window { limit: 1, offset: 0 }, 1).await?;
    found.into_iter().next().map(Artifact::try_from).transpose()
}

/// Artifacts of a repository by their ids, newest first.
pub async fn list_by_ids(
    conn: &mut Conn,
    repository: RepositoryId,
    ids: &[ArtifactId],
) -> Result<Vec<Artifact>> {
    let Ok(count @ 1..) = i64::try_from(ids.len()) else { return Ok(Vec::new()) };
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and("a.repository_id = ?", [Arg::Int(repository.0)]);
    let markers = vec!["?"; ids.len()].join(", ");
    listing.and(&format!("a.id IN ({markers})"), ids.iter().map(|id| Arg::Int(id.0)));
    let rows = listing.page::<Row>(conn, Window { limit: count, offset: 0 }, count).await?;
    rows.into_iter().map(Artifact::try_from).collect()
}

/// The accessories of a subject, newest first; with `hard_only` those that are nothing without it.
pub async fn list_accessories(
    conn: &mut Conn,
    repository: RepositoryId,
    subject: &Digest,
    hard_only: bool,
) -> Result<Vec<Artifact>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and(
        "a.repository_id = ? AND a.accessory_of = ?",
        [Arg::Int(repository.0), Arg::Text(subject.to_string())],
    );
    if hard_only {
        listing.and("a.accessory_type <> ?", [Arg::Text(AccessoryKind::Subject.as_str().to_owned())]);
    }
    let (rows, _) = listing.read::<Row>(conn, Window { limit: i64::MAX, offset: 0 }).await?;
    rows.into_iter().map(Artifact::try_from).collect()
}

/// A window of the accessories of a subject that `query` asks for, and how many there are.
pub async fn page_accessories(
    conn: &mut Conn,
    repository: RepositoryId,
    subject: &Digest,
    query: &Query,
    window: Window,
) -> Result<(Vec<Artifact>, i64)> {
    let mut listing = Listing::new(&ACCESSORIES, query)?;
    listing.and(
        "a.repository_id = ? AND a.accessory_of = ?",
        [Arg::Int(repository.0), Arg::Text(subject.to_string())],
    );
    let (rows, total) = listing.read::<Row>(conn, window).await?;
    Ok((rows.into_iter().map(Artifact::try_from).collect::<Result<_>>()?, total))
}

/// The accessories of several subjects, newest first.
pub async fn list_accessories_of(conn: &mut Conn, subjects: &[ArtifactId]) -> Result<Vec<Artifact>> {
    // Bound as one list, as a page may have more subjects than a statement may have values.
    let ids = if conn.is_postgres() {
        "SELECT value::bigint FROM json_array_elements_text(?::json)"
    } else {
        "SELECT value FROM json_each(?)"
    };
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and(
        &format!(
            "a.id IN (SELECT x.id FROM artifact s
                JOIN artifact x ON x.repository_id = s.repository_id AND x.accessory_of = s.digest
                WHERE s.id IN ({ids}))"
        ),
        [Arg::Text(json_ints(subjects.iter().map(|id| id.0)))],
    );
    let (rows, _) = listing.read::<Row>(conn, Window { limit: i64::MAX, offset: 0 }).await?;
    rows.into_iter().map(Artifact::try_from).collect()
}

/// The labels of several artifacts, by name.
pub async fn list_labels_of(conn: &mut Conn, artifacts: &[ArtifactId]) -> Result<Vec<AttachedLabel>> {
    const SQL: crate::dialect::Sql = with_list!(
        "SELECT al.artifact_id, l.id, l.project_id, l.name, l.description, l.color, l.created_at, l.updated_at
         FROM artifact_label al JOIN label l ON l.id = al.label_id WHERE al.artifact_id IN (",
        int "$1",
        ") ORDER BY l.name, l.id"
    );
    let rows = fetch_all!(conn, LabelRow, SQL, json_ints(artifacts.iter().map(|id| id.0)))?;
    Ok(rows.into_iter().map(AttachedLabel::from).collect())
}

/// What these indexes list, by index and in the order of rows.
pub async fn children(conn: &mut Conn, parents: &[ArtifactId]) -> Result<Vec<Child>> {
    let sql = with_list!(
        "SELECT c.parent_id, c.child_id, a.digest, a.kind, a.media_type, c.description
         FROM artifact_reference c JOIN artifact a ON a.id = c.child_id WHERE c.parent_id IN (",
        int "$1",
        ") ORDER BY c.parent_id, c.child_id"
    );
    let rows = fetch_all!(conn, ChildRow, sql, json_ints(parents.iter().map(|id| id.0)))?;
    rows.into_iter()
        .map(|row| {
            Ok(Child {
                parent: ArtifactId(row.parent_id),
                child: ArtifactId(row.child_id),
                digest: row.digest.parse().map_err(|_| corrupt("a digest"))?,
                kind: row.kind,
                media_type: row.media_type,
                description: serde_json::from_str(&row.description).map_err(|_| corrupt("an index"))?,
            })
        })
        .collect()
}

/// An index that lists an artifact.
#[derive(Clone, Debug)]
pub struct Parent {
    /// The listed artifact.
    pub child: ArtifactId,
    /// The index.
    pub id: ArtifactId,
    /// The index's digest.
    pub digest: Digest,
}

/// The indexes that list these artifacts.
pub async fn parents(conn: &mut Conn, children: &[ArtifactId]) -> Result<Vec<Parent>> {
    const SQL: crate::dialect::Sql = with_list!(
        "SELECT c.parent_id, c.child_id, a.digest, a.kind, a.media_type, c.description
         FROM artifact_reference c JOIN artifact a ON a.id = c.parent_id WHERE c.child_id IN (",
        int "$1",
        ") ORDER BY c.child_id, c.parent_id"
    );
    let rows = fetch_all!(conn, ChildRow, SQL, json_ints(children.iter().map(|id| id.0)))?;
    rows.into_iter()
        .map(|row| {
            Ok(Parent {
                child: ArtifactId(row.child_id),
                id: ArtifactId(row.parent_id),
                digest: row.digest.parse().map_err(|_| corrupt("a digest"))?,
            })
        })
        .collect()
}

impl From<LabelRow> for AttachedLabel {
    fn from(row: LabelRow) -> Self {
        Self {
            artifact: ArtifactId(row.artifact_id),
            id: LabelId(row.id),
            project: row.project_id.map(ProjectId),
            name: row.name,
            description: row.description,
            color: row.color,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        }
    }
}

impl TryFrom<Row> for Artifact {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let annotations: BTreeMap<String, String> =
            serde_json::from_str(&row.annotations).map_err(|_| corrupt("annotations"))?;
        let digest = |text: &str| text.parse().map_err(|_| corrupt("a digest"));
        let accessory = match (row.accessory_of, row.accessory_type) {
            (Some(subject), Some(kind)) => Some(Accessory {
                kind: AccessoryKind::from_name(&kind).ok_or_else(|| corrupt("the kind of an accessory"))?,
                subject: digest(&subject)?,
            }),
            _ => None,
        };
        Ok(Self {
            id: ArtifactId(row.id),
            project: ProjectId(row.project_id),
            repository: RepositoryId(row.repository_id),
            repository_name: row.repository_name,
            digest: digest(&row.digest)?,
            media_type: row.media_type,
            config_type: row.config_type,
            artifact_type: row.artifact_type,
            kind: row.kind,
            attributes: row.attributes,
            annotations,
            icon: row.icon,
            size: u64::try_from(row.size).map_err(|_| corrupt("a size"))?,
            push_time: Timestamp::from_micros(row.push_time),
            pull_time: (row.pull_time > 0).then(|| Timestamp::from_micros(row.pull_time)),
            accessory,
        })
    }
}
