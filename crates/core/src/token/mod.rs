//! Registry tokens: issuing and checking them.
//!
//! A token is an RS256 JWT in the form that Docker Distribution's token authentication
//! asks for, so that any registry which trusts our certificate accepts it. The key is
//! made at the first start and shared by all replicas through the database.

mod crypto;
mod key;

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use minato_db::Db;
use minato_types::clock::{Clock, Timestamp};
use minato_types::id::ProjectId;
use minato_types::name::RepositoryName;
use minato_types::secret::Secret;
use minato_types::token::{Access, Scope};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Event, EventType};
use crate::principal::Principal;
use crate::{App, Error, Result, authz, settings};

/// Who issues the tokens; Harbor's name, which configurations of other registries repeat.
pub const ISSUER: &str = "harbor-token-issuer";

/// Whom the tokens are for: the registry.
pub const SERVICE: &str = "harbor-registry";

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// Always [`ISSUER`].
    pub iss: String,
    /// The user's name, empty for nobody.
    pub sub: String,
    /// Always [`SERVICE`], as a plain string: Distribution 2 reads no list.
    pub aud: String,
    /// When it stops being good, in seconds since the epoch.
    pub exp: i64,
    /// When it starts being good.
    pub nbf: i64,
    /// When it was issued.
    pub iat: i64,
    /// A unique id.
    pub jti: String,
    /// What its bearer may do.
    pub access: Vec<Access>,
    /// Whom its uploads belong to: `user:<id>`, `robot:<id>` or `nobody`.
    pub own: String,
}

impl Claims {
    /// Whether the token was asked for this repository, whatever it got.
    pub(crate) fn mentions(&self, name: &RepositoryName) -> bool {
        self.access.iter().any(|access| access.kind == "repository" && access.name == name.as_str())
    }

    /// Whether it was issued for a scanner.
    pub(crate) fn is_scanners(&self) -> bool {
        self.access.iter().any(|access| access.actions.iter().any(|action| action == SCANNER_PULL))
    }

    /// Whether the token grants an action.
    pub(crate) fn grants(&self, kind: &str, name: &str, action: &str) -> bool {
        self.access.iter().any(|access| {
            access.kind == kind
                && access.name == name
                && access.actions.iter().any(|granted| granted == action)
        })
    }
}

/// A token and what its answer tells about it.
pub struct Issued {
    /// The token.
    pub token: String,
    /// How long it is good for.
    pub expires_in: Duration,
    /// When it was issued.
    pub issued_at: Timestamp,
}

pub(crate) struct TokenService {
    encoding: EncodingKey,
    decoding: DecodingKey,
    key_id: String,
    certificate_pem: String,
    /// Tokens whose signature was found right; everything else is checked each time.
    verified: Cache<Box<str>, Arc<Claims>>,
}

impl TokenService {
    pub(crate) async fn load(db: &Db, clock: &dyn Clock) -> Result<Self> {
        crypto::install();
        let key = key::load_or_create(db, clock).await?;
        Ok(Self {
            encoding: EncodingKey::from_rsa_der(&key.private_pkcs1),
            decoding: DecodingKey::from_rsa_der(&key.public_pkcs1),
            key_id: key.id,
            certificate_pem: key.certificate_pem,
            verified: Cache::builder().max_capacity(10_000).build(),
        })
    }

    fn sign(&self, claims: &Claims) -> Result<String> {
        let header = Header { kid: Some(self.key_id.clone()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, claims, &self.encoding).map_err(Error::internal)
    }

    fn check_signature(&self, token: &str) -> Result<Arc<Claims>> {
        if let Some(claims) = self.verified.get(token) {
            return Ok(claims);
        }
        // Times are checked by `verify`, against our own clock. The key is ours whatever the
        // header says: `kid`, `jwk` and `x5c` in it decide nothing.
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[SERVICE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let header = jsonwebtoken::decode_header(token).map_err(|_| Error::BadToken("it can't be read"))?;
        if header.jwk.is_some() || header.jku.is_some() || header.x5c.is_some() || header.x5u.is_some() {
            return Err(Error::BadToken("it brings its own key"));
        }
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation)
            .map_err(|_| Error::BadToken("signature, issuer, audience or claims are wrong"))?;
        let claims = Arc::new(decoded.claims);
        self.verified.insert(token.into(), Arc::clone(&claims));
        Ok(claims)
    }
}

/// How far apart the clocks of two replicas may be.
const LEEWAY_SECS: i64 = 5;

/// Checks a token that came with a request.
pub fn verify(app: &App, token: &str) -> Result<Arc<Claims>> {
    let claims = app.tokens.check_signature(token)?;
    let now = app.clock.now().as_secs();
    if now >= claims.exp {
        return Err(Error::BadToken("it has expired"));
    }
    if claims.nbf > now + LEEWAY_SECS || claims.iat > now + LEEWAY_SECS {
        return Err(Error::BadToken("it is not valid yet"));
    }
    Ok(claims)
}

/// Issues a token with what of `scopes` the principal holds.
pub async fn issue(app: &App, principal: &Principal, scopes: &[Scope]) -> Result<Issued> {
    let access = authz::trim(app, principal, scopes).await?;
    let issued_at = app.clock.now();
    let minutes = settings::current(app).await?.number("token_expiration");
    let expires_in = Duration::from_secs(minutes.unsigned_abs().saturating_mul(60));
    let now = issued_at.as_secs();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        sub: principal.name().to_owned(),
        aud: SERVICE.to_owned(),
        exp: issued_at.plus(expires_in).as_secs(),
        nbf: now,
        iat: now,
        jti: uuid::Uuid::new_v4().simple().to_string(),
        access,
        own: principal.owner(),
    };
    let token = app.tokens.sign(&claims)?;
    // How `docker login` asks; tokens for pulls and pushes are no sign-ins.
    if scopes.is_empty() && principal.is_authenticated() {
        audit::note(app, principal.name(), Event::new(EventType::LoginUser, principal.name()), true);
    }
    Ok(Issued { token, expires_in, issued_at })
}

/// The action that a scanner's token carries: what it pulls no policy of the project keeps from it.
pub(crate) const SCANNER_PULL: &str = "scanner-pull";

/// The name by which a scanner that can only give a name and a password gives its token. No user can
/// have it, and no robot's name ends like this.
pub const SCANNER_NAME: &str = "~scanner~";

/// How long a scanner may pull: as long as it may take.
pub(crate) const SCANNER_LIFETIME: Duration = Duration::from_mins(30);

/// Issues a token for the scanner called `name`, which may pull from one repository and do nothing else.
pub(crate) fn issue_for_scanner(
    app: &App,
    project: ProjectId,
    repository: &RepositoryName,
    name: &str,
) -> Result<String> {
    let now = app.clock.now();
    app.tokens.sign(&Claims {
        iss: ISSUER.to_owned(),
        sub: name.to_owned(),
        aud: SERVICE.to_owned(),
        exp: now.plus(SCANNER_LIFETIME).as_secs(),
        nbf: now.as_secs(),
        iat: now.as_secs(),
        jti: uuid::Uuid::new_v4().simple().to_string(),
        access: vec![Access {
            kind: "repository".to_owned(),
            name: repository.as_str().to_owned(),
            actions: vec!["pull".to_owned(), SCANNER_PULL.to_owned()],
            project: Some(project.0),
        }],
        own: "nobody".to_owned(),
    })
}

/// The claims of a scanner's token that came as a password under [`SCANNER_NAME`]; `None` under any
/// other name.
pub fn verify_scanner(app: &App, username: &str, password: &Secret) -> Option<Result<Arc<Claims>>> {
    (username == SCANNER_NAME).then(|| {
        let claims = verify(app, password.expose())?;
        if claims.is_scanners() { Ok(claims) } else { Err(Error::BadToken("it is no scanner's")) }
    })
}

/// A scanner's own token once more, for a scanner that asks the token service for one as clients do.
pub fn reissue(app: &App, claims: &Claims, token: &Secret) -> Issued {
    let now = app.clock.now();
    let left = u64::try_from(claims.exp - now.as_secs()).unwrap_or_default();
    let token = token.expose().to_owned();
    Issued { token, expires_in: Duration::from_secs(left), issued_at: now }
}

/// The certificate by which others can check our tokens (Distribution's `rootcertbundle`), as PEM.
pub fn certificate(app: &App) -> &str {
    &app.tokens.certificate_pem
}
