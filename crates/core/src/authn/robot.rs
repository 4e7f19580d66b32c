//! Signing in as a robot, by its full name and its secret.
//!
//! Asked of the database each time, so that a robot which was disabled, changed or deleted is so at
//! once. After a change of the secret the one before it is good for a while, so that programs can
//! be given the new one without a break.

use std::net::IpAddr;
use std::sync::Arc;

use minato_db::robot::Credentials;
use minato_types::secret::Secret;

use super::password::Outcome;
use crate::principal::{Principal, Robot};
use crate::{App, Error, Result, settings};

/// A robot that somebody wants to sign in as.
pub(super) struct Claimed(Credentials);

/// The robot of this full name. Users are looked for before, as an administrator can choose a prefix
/// that names of users begin with, too.
pub(super) async fn find(app: &App, full_name: &str) -> Result<Option<Claimed>> {
    let prefix = settings::current(app).await?.text("robot_name_prefix");
    let Some(name) = full_name.strip_prefix(&prefix) else { return Ok(None) };
    let (project, name) = match name.split_once('+') {
        Some((project, name)) => (Some(project), name),
        None => (None, name),
    };
    let mut conn = app.db.read().await?;
    Ok(minato_db::robot::credentials(&mut conn, project, name).await?.map(Claimed))
}

impl Claimed {
    /// Checks the secret; a right one of a robot that is disabled or has ended is refused like a
    /// wrong one, but is no guess that is held against anybody.
    pub(super) async fn sign_in(
        self,
        app: &App,
        name: &str,
        secret: &Secret,
        address: IpAddr,
    ) -> Result<Principal> {
        if !self.is_remembered(app, name, secret) {
            app.throttle.wait(app.clock(), name, address).await?;
            if !self.check(app, name, secret).await? {
                app.throttle.failed(app.clock(), name, address);
                return Err(Error::BadCredentials);
            }
            app.throttle.succeeded(name, address);
        }
        let robot = &self.0;
        if robot.disabled || robot.duration.is_over(robot.created_at, app.clock().now()) {
            tracing::debug!(caller = name, "the robot is disabled or has ended");
            return Err(Error::BadCredentials);
        }
        let mut conn = app.db.read().await?;
        let permissions = minato_db::robot::list_permissions(&mut conn, [robot.id]).await?;
        Ok(Principal::Robot(Arc::new(Robot {
            id: robot.id,
            name: name.to_owned(),
            project: robot.owner.project(),
            grants: permissions.into_iter().map(|(_, permission)| permission.grant).collect(),
        })))
    }

    /// The hashes that count now.
    fn hashes(&self, app: &App) -> impl Iterator<Item = &str> {
        let now = app.clock().now();
        let old = self.0.old_secret.as_ref().filter(move |(_, until)| now < *until);
        std::iter::once(self.0.secret_hash.as_str()).chain(old.map(|(hash, _)| hash.as_str()))
    }

    fn is_remembered(&self, app: &App, name: &str, secret: &Secret) -> bool {
        self.hashes(app).any(|hash| app.verified.contains(name, secret, hash))
    }

    async fn check(&self, app: &App, name: &str, secret: &Secret) -> Result<bool> {
        for hash in self.hashes(app) {
            if let Outcome::Right { upgraded } = app.verified.verify(name, secret, Some(hash)).await? {
                if let Some(new) = upgraded {
                    let mut tx = app.db.begin().await?;
                    minato_db::robot::upgrade_secret(&mut tx, self.0.id, hash, &new).await?;
                    tx.commit().await?;
                }
                return Ok(true);
            }
        }
        Ok(false)
    }
}
