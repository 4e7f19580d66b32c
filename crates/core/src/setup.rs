//! What has to exist before anybody can sign in: the administrator and `library`.

use minato_db::user::NewUser;
use minato_types::name::ProjectName;
use minato_types::project::{LIBRARY, Role};
use minato_types::secret::Secret;
use minato_types::user::{ADMIN_NAME, is_acceptable_password, is_well_known_password};

use crate::authn::password;
use crate::{App, Error, Result, job};

/// Whether the administrator exists, that is, whether this is not the first start.
pub async fn is_done(app: &App) -> Result<bool> {
    let mut conn = app.db.read().await?;
    Ok(minato_db::user::get_by_name(&mut conn, ADMIN_NAME).await?.is_some())
}

/// Makes the administrator with this password, and `library`. Of two replicas that start
/// together one wins; the other is told `false`.
pub async fn first_start(app: &App, password: &Secret) -> Result<bool> {
    check(password)?;
    let password_hash = password::hash_in_background(password).await?;
    let admin = NewUser {
        username: ADMIN_NAME,
        email: None,
        realname: "system admin",
        comment: "admin user",
        password_hash: &password_hash,
        sysadmin: true,
    };
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let id = match minato_db::user::insert(&mut tx, &admin, now).await {
        Err(minato_db::Error::Conflict) => return Ok(false),
        outcome => outcome?,
    };
    let library: ProjectName = LIBRARY.parse().map_err(Error::internal)?;
    let project = minato_db::project::insert(&mut tx, &library, id, true, now).await?;
    minato_db::quota::insert(&mut tx, project, -1, now).await?;
    minato_db::member::insert_user(&mut tx, project, id, Role::ProjectAdmin, now).await?;
    job::schedule::insert_own(&mut tx, now).await?;
    tx.commit().await?;
    Ok(true)
}

fn check(password: &Secret) -> Result<()> {
    if is_well_known_password(password.expose()) {
        return Err(Error::invalid("admin password", "is one that everybody knows; choose another"));
    }
    if !is_acceptable_password(password.expose()) {
        return Err(Error::invalid(
            "admin password",
            "needs 8 to 128 characters with an upper-case letter, a lower-case letter and a digit",
        ));
    }
    Ok(())
}

/// 20 random letters and digits (116 bits), free of those that look alike.
pub fn generate_password() -> Result<Secret> {
    password::generate(20)
}
