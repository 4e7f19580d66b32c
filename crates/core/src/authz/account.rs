//! Who may do what to an account: its owner, or whoever may do it to every account. And who may
//! make one.

use std::marker::PhantomData;

use minato_types::id::UserId;

use super::{SystemPermission, UserCreate, principal_holds_in_system, system};
use crate::principal::Principal;
use crate::{App, Error, Result, settings};

/// May do `P` to one account, as its owner or by right.
pub struct AccountGrant<P> {
    pub(crate) principal: Principal,
    pub(crate) account: UserId,
    permission: PhantomData<P>,
}

impl<P> AccountGrant<P> {
    /// Whether the account is the caller's own.
    pub(crate) fn is_own(&self) -> bool {
        owns(&self.principal, self.account)
    }
}

/// May make an account, for somebody else or for itself.
pub struct Registrar {
    pub(crate) principal: Principal,
}

/// Asks for a permission on an account.
pub fn account<P: SystemPermission>(principal: &Principal, account: UserId) -> Result<AccountGrant<P>> {
    if !owns(principal, account) && !principal_holds_in_system(principal, P::RESOURCE, P::ACTION) {
        tracing::debug!(caller = principal.name(), %account, permission = P::NAME, "denied");
        return Err(Error::Denied { authenticated: principal.is_authenticated() });
    }
    Ok(AccountGrant { principal: principal.clone(), account, permission: PhantomData })
}

/// Asks for making an account. Where people may register themselves, nobody needs a permission, but
/// has to come from a page of ours (`from_page`), so that scripts do not register by the thousand.
pub async fn registrar(app: &App, principal: &Principal, from_page: bool) -> Result<Registrar> {
    let registrar = || Registrar { principal: principal.clone() };
    match system::<UserCreate>(app, principal) {
        Ok(_) => Ok(registrar()),
        Err(Error::Denied { authenticated: false })
            if settings::current(app).await?.flag("self_registration") =>
        {
            if from_page {
                Ok(registrar())
            } else {
                let why = "self-registration cannot be triggered via API; use the page for it";
                Err(Error::Forbidden(why.to_owned()))
            }
        }
        Err(error) => Err(error),
    }
}

fn owns(principal: &Principal, account: UserId) -> bool {
    matches!(principal, Principal::User { id, .. } if *id == account)
}
