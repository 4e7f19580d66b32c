//! Rows of projects, and what deciding on a permission needs to know of one.

use minato_types::clock::Timestamp;
use minato_types::id::{ProjectId, RepositoryId, UserId};
use minato_types::name::ProjectName;
use minato_types::project::{Project, Role};

use crate::dialect::{corrupt, execute, fetch_all, fetch_one, fetch_optional, row};
use crate::{Conn, Result};

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
        role: Option<i64>,
        repository_count: i64,
    }
}

row! {
    struct StandingRow {
        id: i64,
        public: bool,
        role: Option<i64>,
        repository_id: Option<i64>,
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
    /// Repositories with at least one push.
    pub repository_count: i64,
}

/// How somebody stands to a project and one repository in it.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The project.
    pub project: ProjectId,
    /// Whether everyone may pull.
    pub public: bool,
    /// The user's role, when there is a user and it is a member.
    pub role: Option<Role>,
    /// The repository, when it exists.
    pub repository: Option<RepositoryId>,
}

/// Which projects a list shows.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// All of them, as a system administrator sees; otherwise public ones and those `user`
    /// is a member of.
    pub all: bool,
    /// The asking user; 0 for nobody.
    pub user: i64,
    /// Only those whose name contains this, ignoring case.
    pub name: Option<&'a str>,
    /// Only public ones, or only private ones.
    pub public: Option<bool>,
}

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

impl TryFrom<DetailRow> for Detail {
    type Error = crate::Error;

    fn try_from(row: DetailRow) -> Result<Self> {
        let project = Row {
            id: row.id,
            name: row.name,
            owner_id: row.owner_id,
            public: row.public,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Ok(Self {
            project: project.try_into()?,
            owner_name: row.owner_name,
            role: row.role.and_then(Role::from_id),
            repository_count: row.repository_count,
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
    const SQL: &str = "SELECT p.id, p.public, m.role, r.id AS repository_id
         FROM project p
         LEFT JOIN project_member m ON m.project_id = p.id AND m.entity_type = 'u' AND m.entity_id = $3
         LEFT JOIN repository r ON r.project_id = p.id AND r.name = $2
         WHERE p.name = $1";
    let found = fetch_optional!(conn, StandingRow, SQL, project, repository, user)?;
    Ok(found.map(|row| Standing {
        project: ProjectId(row.id),
        public: row.public,
        role: row.role.and_then(Role::from_id),
        repository: row.repository_id.map(RepositoryId),
    }))
}

/// The name of the project with this id.
pub async fn name_of(conn: &mut Conn, id: ProjectId) -> Result<Option<String>> {
    row! {
        struct Name { name: String }
    }
    Ok(fetch_optional!(conn, Name, "SELECT name FROM project WHERE id = $1", id.0)?.map(|row| row.name))
}

/// A project as `user` (0 for nobody) sees it.
pub async fn detail(conn: &mut Conn, id: ProjectId, user: i64) -> Result<Option<Detail>> {
    const SQL: &str = "SELECT p.id, p.name, p.owner_id, p.public, p.created_at, p.updated_at,
                u.username AS owner_name, m.role,
                (SELECT COUNT(*) FROM repository r WHERE r.project_id = p.id AND r.pushed_at IS NOT NULL)
                    AS repository_count
         FROM project p JOIN users u ON u.id = p.owner_id
         LEFT JOIN project_member m ON m.project_id = p.id AND m.entity_type = 'u' AND m.entity_id = $2
         WHERE p.id = $1";
    fetch_optional!(conn, DetailRow, SQL, id.0, user)?.map(Detail::try_from).transpose()
}

/// A window of the projects that the filter shows, by name.
pub async fn list(conn: &mut Conn, filter: &Filter<'_>, limit: i64, offset: i64) -> Result<Vec<Detail>> {
    const SQL: &str = "SELECT p.id, p.name, p.owner_id, p.public, p.created_at, p.updated_at,
                u.username AS owner_name, m.role,
                (SELECT COUNT(*) FROM repository r WHERE r.project_id = p.id AND r.pushed_at IS NOT NULL)
                    AS repository_count
         FROM project p JOIN users u ON u.id = p.owner_id
         LEFT JOIN project_member m ON m.project_id = p.id AND m.entity_type = 'u' AND m.entity_id = $2
         WHERE ($1 OR p.public OR m.role IS NOT NULL)
           AND (CAST($3 AS TEXT) IS NULL OR lower(p.name) LIKE $3 ESCAPE '\\')
           AND (CAST($4 AS BOOLEAN) IS NULL OR p.public = $4)
         ORDER BY p.name LIMIT $5 OFFSET $6";
    let rows = fetch_all!(
        conn,
        DetailRow,
        SQL,
        filter.all,
        filter.user,
        filter.name.map(contains),
        filter.public,
        limit,
        offset
    )?;
    rows.into_iter().map(Detail::try_from).collect()
}

/// The number of projects that the filter shows.
pub async fn count(conn: &mut Conn, filter: &Filter<'_>) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) AS n FROM project p
         LEFT JOIN project_member m ON m.project_id = p.id AND m.entity_type = 'u' AND m.entity_id = $2
         WHERE ($1 OR p.public OR m.role IS NOT NULL)
           AND (CAST($3 AS TEXT) IS NULL OR lower(p.name) LIKE $3 ESCAPE '\\')
           AND (CAST($4 AS BOOLEAN) IS NULL OR p.public = $4)";
    Ok(fetch_one!(conn, Number, SQL, filter.all, filter.user, filter.name.map(contains), filter.public)?.n)
}

/// The `LIKE` pattern for text that contains `part`.
fn contains(part: &str) -> String {
    let escaped = part.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
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

/// Removes a project; `Referenced` while it has repositories.
pub async fn delete(conn: &mut Conn, id: ProjectId) -> Result<bool> {
    Ok(execute!(conn, "DELETE FROM project WHERE id = $1", id.0)? > 0)
}
