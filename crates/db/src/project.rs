//! Rows of projects, and what deciding on a permission needs to know of one.

use minato_types::allowlist::CveAllowlist;
use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, RepositoryId, UserId};
use minato_types::name::ProjectName;
use minato_types::project::{ContentTrust, Project, Role};
use minato_types::query::Query;
use minato_types::scan::Threshold;

use crate::dialect::{
    Sql, corrupt, execute, fetch_all, fetch_one, fetch_optional, json_ints, json_texts, row, with_list,
};
use crate::listing::{Arg, Field, Kind, Listing, Spec, Window};
use crate::{Conn, Result, allowlist, metadata};

row! {
    struct Row {
        id: i64,
        name: String,
        owner_id: i64,
        public: bool,
        created_at: i64,
        updated_at: i64,
    }
}

row! {
    struct Number { n: i64 }
}

row! {
    struct DetailRow {
        id: i64,
        name: String,
        owner_id: i64,
        public: bool,
        created_at: i64,
        updated_at: i64,
        owner_name: String,
        repository_count: i64,
    }
}

row! {
    struct RoleRow {
        project_id: i64,
        role: i64,
    }
}

row! {
    struct StandingRow {
        id: i64,
        public: bool,
        role: Option<i64>,
        repository_id: Option<i64>,
        limited: bool,
        told: bool,
        cosign: bool,
        notation: bool,
        auto_scan: bool,
        threshold: Option<String>,
    }
}

/// A project as lists and details show it to one user.
pub struct Detail {
    /// The project.
    pub project: Project,
    /// Its owner's name.
    pub owner_name: String,
    /// The asking user's own role.
    pub role: Option<Role>,
    /// Its settings, without `public`.
    pub metadata: Vec<(String, String)>,
    /// The vulnerabilities that it puts up with.
    pub allowlist: CveAllowlist,
    /// Repositories with at least one push.
    pub repository_count: i64,
}

/// How somebody stands to a project and one repository in it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Standing {
    /// The project.
    pub project: ProjectId,
    /// Whether everyone may pull.
    pub public: bool,
    /// The user's role, when there is a user and it is a member.
    pub role: Option<Role>,
    /// The repository, when it exists.
    pub repository: Option<RepositoryId>,
    /// Whether the project has a limit to what it may use.
    pub limited: bool,
    /// Whether somebody is told of what happens in the project.
    pub told: bool,
    /// Which signatures pulls need.
    pub trust: ContentTrust,
    /// Whether what is pushed is scanned.
    pub auto_scan: bool,
    /// From which severity on pulls are refused, if they are.
    pub prevention: Option<Threshold>,
}

/// Who looks at projects.
#[derive(Clone, Debug)]
pub enum Viewer {
    /// Sees all of them.
    All,
    /// Sees public ones, and those it is a member of.
    User(UserId),
    /// Sees public ones, and these.
    Projects(Vec<ProjectId>),
    /// Sees public ones.
    Public,
}

impl Viewer {
    /// The condition on a project's row `p`.
    pub(crate) fn condition(&self) -> String {
        match self {
            Self::All => "TRUE".to_owned(),
            Self::Public => "p.public".to_owned(),
            Self::User(id) => format!(
                "(p.public OR p.id IN (SELECT m.project_id FROM project_member m
                    WHERE m.entity_type = 'u' AND m.entity_id = {id}))"
            ),
            Self::Projects(ids) if ids.is_empty() => "p.public".to_owned(),
            Self::Projects(ids) => {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                format!("(p.public OR p.id IN ({}))", ids.join(", "))
            }
        }
    }

    /// The viewer's user id, 0 for none.
    pub(crate) fn user(&self) -> i64 {
        if let Self::User(id) = self { id.0 } else { 0 }
    }
}

const LIST: Spec = Spec {
    base: "project p",
    from: "project p JOIN users u ON u.id = p.owner_id",
    columns: "p.id, p.name, p.owner_id, p.public, p.created_at, p.updated_at, u.username AS owner_name,
        (SELECT COUNT(*) FROM repository r WHERE r.project_id = p.id AND r.pushed_at IS NOT NULL)
            AS repository_count",
    key: "p.id",
    fields: &[
        Field { name: "id", sql: "p.id", kind: Kind::Int, sortable: true },
        Field { name: "projectid", sql: "p.id", kind: Kind::Int, sortable: true },
        Field { name: "name", sql: "p.name", kind: Kind::Text, sortable: true },
        Field { name: "public", sql: "p.public", kind: Kind::Flag, sortable: false },
        Field { name: "ownerid", sql: "p.owner_id", kind: Kind::Int, sortable: false },
        Field {
            name: "owner",
            sql: "(SELECT o.username FROM users o WHERE o.id = p.owner_id)",
            kind: Kind::Text,
            sortable: false,
        },
        Field { name: "creationtime", sql: "p.created_at", kind: Kind::Time, sortable: true },
        Field { name: "updatetime", sql: "p.updated_at", kind: Kind::Time, sortable: true },
    ],
    order: &[("p.name", false), ("p.id", false)],
};

impl TryFrom<Row> for Project {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ProjectId(row.id),
            name: row.name.parse::<ProjectName>().map_err(|_| corrupt("a project name"))?,
            owner_id: UserId(row.owner_id),
            public: row.public,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
        })
    }
}

impl DetailRow {
    fn into_detail(self, more: &More) -> Result<Detail> {
        let project = Row {
            id: self.id,
            name: self.name,
            owner_id: self.owner_id,
            public: self.public,
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        let project = Project::try_from(project)?;
        let role = more.roles.iter().find(|role| role.project_id == self.id).map(|role| role.role);
        let settings = more.metadata.iter().filter(|(id, ..)| *id == project.id);
        let allowlist = more.allowlists.iter().find(|list| list.project == project.id);
        Ok(Detail {
            owner_name: self.owner_name,
            role: role.and_then(Role::from_id),
            metadata: settings.map(|(_, name, value)| (name.clone(), value.clone())).collect(),
            allowlist: allowlist.cloned().unwrap_or_else(|| CveAllowlist::empty(project.id)),
            repository_count: self.repository_count,
            project,
        })
    }
}

/// What other tables know of some projects.
struct More {
    roles: Vec<RoleRow>,
    metadata: Vec<(ProjectId, String, String)>,
    allowlists: Vec<CveAllowlist>,
}

impl More {
    async fn read(conn: &mut Conn, projects: &[i64], user: i64) -> Result<Self> {
        const ROLES: Sql = with_list!(
            "SELECT project_id, role FROM project_member
             WHERE entity_type = 'u' AND entity_id = $1 AND project_id IN (",
            int "$2",
            ")"
        );
        let ids = json_ints(projects.iter().copied());
        Ok(Self {
            roles: fetch_all!(conn, RoleRow, ROLES, user, ids)?,
            metadata: metadata::list_of(conn, projects).await?,
            allowlists: allowlist::list_of(conn, projects).await?,
        })
    }
}

/// How `user` (0 for nobody) stands to the project `project` and the repository `repository`.
pub async fn standing(
    conn: &mut Conn,
    project: &str,
    repository: Option<&str>,
    user: i64,
) -> Result<Option<Standing>> {
    const SQL: &str = "SELECT p.id, p.public, m.role, r.id AS repository_id,
            COALESCE(q.hard, -1) >= 0 AS limited,
            EXISTS (SELECT 1 FROM webhook_policy w WHERE w.project_id = p.id AND w.enabled) AS told,
            EXISTS (SELECT 1 FROM project_metadata s WHERE s.project_id = p.id
                AND s.name = 'enable_content_trust_cosign' AND s.value = 'true') AS cosign,
            EXISTS (SELECT 1 FROM project_metadata s WHERE s.project_id = p.id
                AND s.name = 'enable_content_trust' AND s.value = 'true') AS notation,
            EXISTS (SELECT 1 FROM project_metadata s WHERE s.project_id = p.id
                AND s.name = 'auto_scan' AND s.value = 'true') AS auto_scan,
            (SELECT COALESCE((SELECT v.value FROM project_metadata v WHERE v.project_id = p.id
                AND v.name = 'severity'), '')
             FROM project_metadata s WHERE s.project_id = p.id
                AND s.name = 'prevent_vul' AND s.value = 'true') AS threshold
         FROM project p
         LEFT JOIN quota q ON q.project_id = p.id
         LEFT JOIN project_member m ON m.project_id = p.id AND m.entity_type = 'u' AND m.entity_id = $3
         LEFT JOIN repository r ON r.project_id = p.id AND r.name = $2
         WHERE p.name = $1";
    let found = fetch_optional!(conn, StandingRow, SQL, project, repository, user)?;
    Ok(found.map(|row| Standing {
        project: ProjectId(row.id),
        public: row.public,
        role: row.role.and_then(Role::from_id),
        repository: row.repository_id.map(RepositoryId),
        limited: row.limited,
        told: row.told,
        trust: ContentTrust { cosign: row.cosign, notation: row.notation },
        auto_scan: row.auto_scan,
        prevention: row.threshold.as_deref().map(Threshold::parse),
    }))
}

/// The name of the project with this id.
pub async fn name_of(conn: &mut Conn, id: ProjectId) -> Result<Option<String>> {
    row! {
        struct Name { name: String }
    }
    Ok(fetch_optional!(conn, Name, "SELECT name FROM project WHERE id = $1", id.0)?.map(|row| row.name))
}

/// The ids of the projects with these names, each with its name.
pub async fn ids_of(conn: &mut Conn, names: &[ProjectName]) -> Result<Vec<(String, ProjectId)>> {
    row! {
        struct Named { name: String, id: i64 }
    }
    const SQL: Sql = with_list!("SELECT name, id FROM project WHERE name IN (", text "$1", ")");
    let names = json_texts(names.iter().map(ProjectName::as_str));
    let rows = fetch_all!(conn, Named, SQL, names)?;
    Ok(rows.into_iter().map(|row| (row.name, ProjectId(row.id))).collect())
}

/// A project as `user` (0 for nobody) sees it.
pub async fn detail(conn: &mut Conn, id: ProjectId, user: i64) -> Result<Option<Detail>> {
    let mut listing = Listing::new(&LIST, &Query::default())?;
    listing.and("p.id = ?", [Arg::Int(id.0)]);
    let found = listing.page::<DetailRow>(conn, Window { limit: 1, offset: 0 }, 1).await?;
    let Some(row) = found.into_iter().next() else { return Ok(None) };
    let more = More::read(conn, &[row.id], user).await?;
    row.into_detail(&more).map(Some)
}

/// A window of the projects that the viewer sees, and how many there are.
pub async fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    query: &Query,
    window: Window,
) -> Result<(Vec<Detail>, i64)> {
    let mut listing = Listing::new(&LIST, query)?;
    listing.and(&viewer.condition(), []);
    let (rows, total) = listing.read::<DetailRow>(conn, window).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let more = More::read(conn, &ids, viewer.user()).await?;
    Ok((rows.into_iter().map(|row| row.into_detail(&more)).collect::<Result<_>>()?, total))
}

/// Adds a project; `Conflict` when the name is taken.
pub async fn insert(
    conn: &mut Conn,
    name: &ProjectName,
    owner: UserId,
    public: bool,
    now: Timestamp,
) -> Result<ProjectId> {
    const SQL: &str = "INSERT INTO project (name, owner_id, public, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $4) RETURNING id AS n";
    let row = fetch_one!(conn, Number, SQL, name.as_str(), owner.0, public, now.as_micros())?;
    Ok(ProjectId(row.n))
}

/// Makes a project public or private, and notes that it was changed; whether it exists.
pub async fn update(conn: &mut Conn, id: ProjectId, public: Option<bool>, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE project SET public = COALESCE($2, public), updated_at = $3 WHERE id = $1";
    Ok(execute!(conn, SQL, id.0, public, now.as_micros())? > 0)
}

/// How many repositories a project has that were ever pushed to.
pub async fn count_repositories(conn: &mut Conn, id: ProjectId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) AS n FROM repository WHERE project_id = $1 AND pushed_at IS NOT NULL";
    Ok(fetch_one!(conn, Number, SQL, id.0)?.n)
}

/// Removes a project with all that belongs to it; `Referenced` while it has repositories. What was
/// recorded of it stays.
pub async fn delete(conn: &mut Conn, id: ProjectId) -> Result<bool> {
    let deleted = execute!(conn, "DELETE FROM project WHERE id = $1", id.0)? > 0;
    // The system's own list has the project 0, so this table can't have a foreign key. After the
    // project, so that a change that comes between is seen.
    execute!(conn, "DELETE FROM cve_allowlist WHERE project_id = $1", id.0)?;
    Ok(deleted)
}
