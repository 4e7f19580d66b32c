//! The `Authorization` header: which kind of credentials came, and whose they are.

use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use minato_core::principal::{Caller, Principal};
use minato_core::token::Claims;
use minato_core::{App, Error, authn, token};
use minato_types::secret::Secret;

/// What stands in the header.
pub(crate) enum Credentials {
    /// There is no such header.
    None,
    /// HTTP Basic.
    Basic {
        /// The user name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// A registry token.
    Bearer(Secret),
    /// Something else.
    Unreadable,
}

impl Credentials {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(AUTHORIZATION) else { return Self::None };
        let parsed = value.to_str().ok().and_then(|text| text.split_once(' '));
        match parsed {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => {
                Self::Bearer(Secret::new(rest.trim()))
            }
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("basic") => {
                basic(rest).unwrap_or(Self::Unreadable)
            }
            _ => Self::Unreadable,
        }
    }

    /// Proves the credentials for the management API and the token service, which take
    /// passwords only.
    pub(crate) async fn sign_in(&self, app: &App, address: IpAddr) -> Result<Principal, Error> {
        match self {
            Self::None => Ok(Principal::Anonymous),
            Self::Basic { username, password } => authn::login(app, username, password, address).await,
            Self::Bearer(_) | Self::Unreadable => Err(Error::BadCredentials),
        }
    }

    /// A scanner's token that came as a password, and what it says.
    pub(crate) fn of_scanner(&self, app: &App) -> Option<Result<(Arc<Claims>, &Secret), Error>> {
        let Self::Basic { username, password } = self else { return None };
        let claims = token::verify_scanner(app, username, password)?;
        Some(claims.map(|claims| (claims, password)))
    }

    /// Proves the credentials for the registry protocol, which takes tokens as well.
    pub(crate) async fn caller(&self, app: &App, address: IpAddr) -> Result<Caller, Error> {
        match self {
            // Public repositories, too, answer 401 at first: clients then fetch a token, which
            // they may get without a name (Harbor behaves so).
            Self::None => Err(Error::Denied { authenticated: false }),
            Self::Bearer(text) => Ok(Caller::Token(token::verify(app, text.expose())?)),
            Self::Basic { .. } | Self::Unreadable => match self.of_scanner(app) {
                Some(claims) => Ok(Caller::Token(claims?.0)),
                None => Ok(Caller::Direct(self.sign_in(app, address).await?)),
            },
        }
    }
}

fn basic(encoded: &str) -> Option<Credentials> {
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (username, password) = text.split_once(':').filter(|(username, _)| !username.contains('\0'))?;
    Some(Credentials::Basic { username: username.to_owned(), password: Secret::new(password) })
}

/// The challenge that a 401 of the registry protocol carries.
pub(crate) fn challenge(base_url: &str, credentials: &Credentials, scope: &str, error: &Error) -> String {
    if matches!(credentials, Credentials::Basic { .. } | Credentials::Unreadable) {
        return "Basic realm=\"harbor\"".to_owned();
    }
    let mut text = format!("Bearer realm=\"{base_url}/service/token\",service=\"{}\"", token::SERVICE);
    if !scope.is_empty() {
        text.push_str(",scope=\"");
        text.push_str(scope);
        text.push('"');
    }
    match (credentials, error) {
        (Credentials::Bearer(_), Error::BadToken(_)) => text.push_str(",error=\"invalid_token\""),
        (Credentials::Bearer(_), _) => text.push_str(",error=\"insufficient_scope\""),
        _ => {}
    }
    text
}
