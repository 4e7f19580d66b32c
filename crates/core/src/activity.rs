//! How often manifests of projects were pushed and pulled: counted by [`pull`](crate::pull), kept for each
//! day.

use std::collections::HashMap;

use minato_db::activity::Count;
use minato_db::project::Detail;
use minato_types::clock::Timestamp;
use minato_types::id::ProjectId;

use crate::authz::{ProjectGrant, Public, QuotaRead};
use crate::growth::{day_of, start_of};
use crate::principal::Principal;
use crate::{App, Result};

/// Of how many days lists tell pushes and pulls.
pub const LATELY: i64 = 14;

/// What happened on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// When the day began, in UTC.
    pub from: Timestamp,
    /// How many manifests were pushed.
    pub pushes: i64,
    /// How many were pulled.
    pub pulls: i64,
}

/// What happened to a project on each of the last so many days, today included.
pub async fn of_project(app: &App, grant: &ProjectGrant<QuotaRead>, days: i64) -> Result<Vec<Day>> {
    let today = day_of(app.clock.now());
    let mut conn = app.db.read().await?;
    let counts = minato_db::activity::list(&mut conn, grant.project, today - days + 1).await?;
    let of = |day| counts.iter().find(|count| count.day == day).copied();
    let none = |day| Count { day, pushes: 0, pulls: 0 };
    let all = (today - days + 1..=today).map(|day| of(day).unwrap_or_else(|| none(day)));
    Ok(all.map(|Count { day, pushes, pulls }| Day { from: start_of(day), pushes, pulls }).collect())
}

/// What a project uses, and what happened to it lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Bytes.
    pub used: i64,
    /// How many manifests were pushed in the last [`LATELY`] days, today included.
    pub pushes: i64,
    /// How many were pulled.
    pub pulls: i64,
}

/// Of the projects of a list: what those use that the caller belongs to, or administers.
pub async fn of_listed(app: &App, who: &Public, listed: &[Detail]) -> Result<HashMap<ProjectId, Use>> {
    let all = matches!(who.principal, Principal::User { sysadmin: true, .. });
    let told = listed.iter().filter(|detail| all || detail.role.is_some());
    let told: Vec<_> = told.map(|detail| detail.project.id).collect();
    let mut uses: HashMap<_, Use> = told.iter().map(|id| (*id, Use::default())).collect();
    if told.is_empty() {
        return Ok(uses);
    }
    let mut conn = app.db.read().await?;
    for (id, used) in minato_db::quota::list_usage(&mut conn, &told).await? {
        uses.entry(id).or_default().used = used;
    }
    let since = day_of(app.clock.now()) - LATELY + 1;
    for (id, pushes, pulls) in minato_db::activity::sum(&mut conn, &told, since).await? {
        let of = uses.entry(id).or_default();
        (of.pushes, of.pulls) = (pushes, pulls);
    }
    Ok(uses)
}
