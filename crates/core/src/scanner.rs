//! Scanners: which there are, which one a project uses, and what each says of itself.
//!
//! What a scanner says of itself is asked for when somebody looks at it or has something scanned, and
//! remembered: what is decided while something is pushed or pulled waits for no scanner.

use minato_clients::{Adapter, Auth, CallError, plain_address};
use minato_types::clock::Timestamp;
use minato_types::id::ScannerId;
use minato_types::query::Query;
use minato_types::scan::Metadata;

pub use minato_db::scanner::Scanner;

use crate::authz::{
    ProjectGrant, ScannerCreate, ScannerRead, SystemGrant, SystemScannerCreate, SystemScannerDelete,
    SystemScannerList, SystemScannerRead, SystemScannerUpdate,
};
use crate::project::Page;
use crate::{App, Error, Noun, Result, Window};

/// Most characters of a name, a description, an address and a credential, as in Harbor.
const MOST_NAME: usize = 128;
const MOST_DESCRIPTION: usize = 1024;
const MOST_URL: usize = 512;
const MOST_CREDENTIAL: usize = 512;

/// A scanner, with what it says of itself at this moment.
pub struct Shown {
    /// The scanner.
    pub scanner: Scanner,
    /// What it says; `None` when it can't be reached.
    pub said: Option<Metadata>,
}

/// What a client says of a scanner.
#[derive(Clone)]
pub struct Wish {
    /// Its name.
    pub name: String,
    /// What people say of it.
    pub description: String,
    /// Where it is.
    pub url: String,
    /// How it knows us, in Harbor's word.
    pub auth: String,
    /// By what; a secret.
    pub credential: String,
    /// Whether it is not to be used.
    pub disabled: bool,
    /// Whether any certificate of it will do.
    pub skip_cert_verify: bool,
    /// Whether it comes by the address inside.
    pub use_internal_addr: bool,
}

impl Wish {
    /// Checks it; the address in the form in which it is kept.
    fn checked(mut self, app: &App) -> Result<Self> {
        let is_long = |text: &str, most: usize| text.chars().count() > most;
        if self.name.trim().is_empty() || is_long(&self.name, MOST_NAME) {
            return Err(Error::invalid("name", format!("expected 1 to {MOST_NAME} characters")));
        }
        if is_long(&self.description, MOST_DESCRIPTION) {
            return Err(Error::invalid("description", format!("at most {MOST_DESCRIPTION} characters")));
        }
        let url = plain_address(&self.url).map_err(|error| Error::invalid("url", error.to_string()))?;
        url.trim_end_matches('/').clone_into(&mut self.url);
        if is_long(&self.url, MOST_URL) {
            return Err(Error::invalid("url", format!("at most {MOST_URL} characters")));
        }
        let Some(auth) = Auth::parse(&self.auth) else {
            return Err(Error::invalid("auth", "expected nothing, Basic, Bearer or APIKey"));
        };
        if auth == Auth::None {
            self.credential.clear();
        } else if self.credential.is_empty() {
            return Err(Error::invalid("access_credential", format!("is required for {}", self.auth)));
        }
        let is_plain = self.credential.chars().all(|c| (' '..='~').contains(&c));
        if is_long(&self.credential, MOST_CREDENTIAL) || !is_plain {
            let why = format!("expected at most {MOST_CREDENTIAL} characters of printable ASCII");
            return Err(Error::invalid("access_credential", why));
        }
        if self.use_internal_addr && app.startup.internal_url.is_none() {
            let why = "there is no address inside; set `internal_url` in the configuration first";
            return Err(Error::invalid("use_internal_addr", why));
        }
        Ok(self)
    }

    fn into_scanner(self, uuid: String, metadata: Metadata, now: Timestamp) -> Scanner {
        Scanner {
            id: ScannerId(0),
            uuid,
            name: self.name,
            description: self.description,
            url: self.url,
            auth: self.auth,
            credential: self.credential,
            disabled: self.disabled,
            is_default: false,
            skip_cert_verify: self.skip_cert_verify,
            use_internal_addr: self.use_internal_addr,
            metadata,
            created_at: now,
            updated_at: now,
        }
    }
}

/// How to reach a scanner.
pub(crate) fn adapter(scanner: &Scanner) -> Adapter {
    Adapter {
        url: scanner.url.clone(),
        // Checked when it was made.
        auth: Auth::parse(&scanner.auth).unwrap_or(Auth::None),
        credential: scanner.credential.clone(),
        check_certificate: !scanner.skip_cert_verify,
    }
}

/// By which address a scanner comes to pull: always one that was configured. Who may push or scan must not say
/// where it goes with its token.
pub(crate) fn address<'a>(app: &'a App, scanner: &Scanner) -> Result<&'a str> {
    let (address, setting) = if scanner.use_internal_addr {
        (app.startup.internal_url.as_deref(), "internal_url")
    } else {
        (app.public_url(), "external_url")
    };
    address.ok_or_else(|| no_address(setting))
}

/// Refuses what is to be scanned while nothing says where scanners come to.
pub(crate) fn no_address(setting: &str) -> Error {
    Error::Precondition(format!("scanners need an address to come to; set `{setting}` in the configuration"))
}

/// Asks a scanner what it is, and remembers that.
pub(crate) async fn ask(app: &App, scanner: &Scanner) -> Result<std::result::Result<Metadata, CallError>> {
    let said = app.outbound.scanner_metadata(&adapter(scanner)).await;
    if let Ok(metadata) = &said
        && *metadata != scanner.metadata
    {
        let mut tx = app.db.begin().await?;
        minato_db::scanner::update_metadata(&mut tx, scanner.id, metadata).await?;
        tx.commit().await?;
    }
    Ok(said)
}

async fn show(app: &App, scanner: Scanner) -> Result<Shown> {
    let said = ask(app, &scanner).await?;
    if let Err(error) = &said {
        tracing::info!(scanner = scanner.name, %error, "a scanner does not say what it is");
    }
    Ok(Shown { scanner, said: said.ok() })
}

async fn page(app: &App, query: &Query, window: Window) -> Result<Page<Shown>> {
    let mut conn = app.db.read().await?;
    let (found, total) = minato_db::scanner::list(&mut conn, query, window).await?;
    drop(conn);
    // All at once: one that does not answer costs a page no more than itself.
    let shown = futures_util::future::join_all(found.into_iter().map(|scanner| show(app, scanner))).await;
    Ok(Page { items: shown.into_iter().collect::<Result<_>>()?, total })
}

/// Lists the scanners, the default one first.
pub async fn list(
    app: &App,
    _: &SystemGrant<SystemScannerList>,
    query: &Query,
    window: Window,
) -> Result<Page<Shown>> {
    page(app, query, window).await
}

/// Lists the scanners that a project may use: all.
pub async fn list_candidates(
    app: &App,
    _: &ProjectGrant<ScannerCreate>,
    query: &Query,
    window: Window,
) -> Result<Page<Shown>> {
    page(app, query, window).await
}

async fn find(app: &App, uuid: &str) -> Result<Scanner> {
    let mut conn = app.db.read().await?;
    minato_db::scanner::get(&mut conn, uuid).await?.ok_or(Error::NotFound(Noun::Scanner))
}

/// Shows a scanner.
pub async fn get(app: &App, _: &SystemGrant<SystemScannerRead>, uuid: &str) -> Result<Shown> {
    show(app, find(app, uuid).await?).await
}

/// What a scanner says of itself; refused when it says nothing.
pub async fn metadata(app: &App, _: &SystemGrant<SystemScannerRead>, uuid: &str) -> Result<Metadata> {
    let scanner = find(app, uuid).await?;
    let said = ask(app, &scanner).await?;
    said.map_err(|error| {
        Error::Precondition(format!("the scanner {} does not answer: {error}", scanner.name))
    })
}

/// Asks what would be a scanner what it is; refused when it does not say.
pub async fn ping(app: &App, _: &SystemGrant<SystemScannerRead>, wish: Wish) -> Result<()> {
    let scanner = wish.checked(app)?.into_scanner(String::new(), Metadata::default(), app.clock.now());
    first_word(app, &scanner).await?;
    Ok(())
}

async fn first_word(app: &App, scanner: &Scanner) -> Result<Metadata> {
    let said = app.outbound.scanner_metadata(&adapter(scanner)).await;
    said.map_err(|error| Error::invalid("url", format!("no scanner answers there: {error}")))
}

/// Makes a scanner known, once it has said what it is; the first one becomes the default. Its `uuid`.
pub async fn create(app: &App, _: &SystemGrant<SystemScannerCreate>, wish: Wish) -> Result<String> {
    let uuid = uuid::Uuid::new_v4().to_string();
    let mut scanner = wish.checked(app)?.into_scanner(uuid, Metadata::default(), app.clock.now());
    scanner.metadata = first_word(app, &scanner).await?;
    let mut tx = app.db.begin().await?;
    scanner.is_default = !minato_db::scanner::is_any(&mut tx).await?;
    match minato_db::scanner::insert(&mut tx, &scanner).await {
        Err(minato_db::Error::Conflict) => return Err(taken(&scanner)),
        outcome => outcome?,
    };
    tx.commit().await?;
    Ok(scanner.uuid)
}

fn taken(scanner: &Scanner) -> Error {
    let Scanner { name, url, .. } = scanner;
    Error::Conflict(format!("there is a scanner of the name {name}, or with the address {url}, already"))
}

/// Changes a scanner. Without a credential it keeps the one that it has, as long as its address is the
/// same, or the credential would go elsewhere.
pub async fn update(
    app: &App,
    _: &SystemGrant<SystemScannerUpdate>,
    uuid: &str,
    mut wish: Wish,
) -> Result<()> {
    let known = find(app, uuid).await?;
    if wish.credential.is_empty() && !wish.auth.is_empty() {
        let url = plain_address(&wish.url).map_err(|error| Error::invalid("url", error.to_string()))?;
        if url.trim_end_matches('/') == known.url {
            wish.credential.clone_from(&known.credential);
        }
    }
    let wish = wish.checked(app)?;
    let mut changed = wish.into_scanner(known.uuid.clone(), known.metadata.clone(), app.clock.now());
    changed.id = known.id;
    // One that is away at the moment may be changed all the same.
    if let Ok(said) = app.outbound.scanner_metadata(&adapter(&changed)).await {
        changed.metadata = said;
    }
    let mut tx = app.db.begin().await?;
    let now = minato_db::scanner::get(&mut tx, uuid).await?.ok_or(Error::NotFound(Noun::Scanner))?;
    if now.is_default && changed.disabled {
        let why = "the default scanner can't be disabled; make another one the default first";
        return Err(Error::invalid("disabled", why));
    }
    match minato_db::scanner::update(&mut tx, &changed).await {
        Err(minato_db::Error::Conflict) => return Err(taken(&changed)),
        outcome => outcome?,
    };
    Ok(tx.commit().await?)
}

/// Makes a scanner the default one.
pub async fn set_default(app: &App, _: &SystemGrant<SystemScannerUpdate>, uuid: &str) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let scanner = minato_db::scanner::get(&mut tx, uuid).await?.ok_or(Error::NotFound(Noun::Scanner))?;
    if scanner.disabled {
        let why = format!("the scanner {} is disabled; enable it first", scanner.name);
        return Err(Error::Precondition(why));
    }
    minato_db::scanner::set_default(&mut tx, scanner.id).await?;
    Ok(tx.commit().await?)
}

/// Drops a scanner with what it found; what it was.
pub async fn delete(app: &App, _: &SystemGrant<SystemScannerDelete>, uuid: &str) -> Result<Scanner> {
    let mut tx = app.db.begin().await?;
    let scanner = minato_db::scanner::get(&mut tx, uuid).await?.ok_or(Error::NotFound(Noun::Scanner))?;
    minato_db::scanner::delete(&mut tx, scanner.id).await?;
    tx.commit().await?;
    Ok(scanner)
}

/// Shows the scanner that a project uses, if there is one.
pub async fn of_project(app: &App, grant: &ProjectGrant<ScannerRead>) -> Result<Option<Shown>> {
    let mut conn = app.db.read().await?;
    let found = minato_db::scanner::get_of_project(&mut conn, grant.project).await?;
    drop(conn);
    match found {
        Some(scanner) => Ok(Some(show(app, scanner).await?)),
        None => Ok(None),
    }
}

/// Chooses the scanner that a project uses.
pub async fn choose(app: &App, grant: &ProjectGrant<ScannerCreate>, uuid: &str) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let scanner = minato_db::scanner::get(&mut tx, uuid).await?.ok_or(Error::NotFound(Noun::Scanner))?;
    match minato_db::scanner::choose(&mut tx, grant.project, scanner.id).await {
        Err(minato_db::Error::Referenced) => return Err(Error::NotFound(Noun::Project)),
        outcome => outcome?,
    }
    Ok(tx.commit().await?)
}
