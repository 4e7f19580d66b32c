//! Icons that artifacts bring: a layer of theirs, served to everybody who knows its digest.

use bytes::Bytes;
use minato_db::blob::PresentBlob;
use minato_types::digest::Digest;

use crate::artifact::kind;
use crate::authz::Public;
use crate::{App, Error, Noun, Result};

/// The largest icon, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// An icon.
#[derive(Clone, Debug)]
pub struct Icon {
    /// Media type.
    pub content_type: &'static str,
    /// The picture.
    pub content: Bytes,
}

/// Reads the icon `digest` of some artifact. A layer that is too large, or no PNG, JPEG or GIF, is none.
pub async fn get(app: &App, _: &Public, digest: &Digest) -> Result<Icon> {
    let mut conn = app.db.read().await?;
    let found = minato_db::artifact::get_icon(&mut conn, digest).await?;
    drop(conn);
    let blob = found.filter(|blob| blob.size <= MAX_BYTES).ok_or(Error::NotFound(Noun::Icon))?;
    let blob =
        PresentBlob { id: blob.id, digest: digest.clone(), size: blob.size, storage_key: blob.storage_key };
    let content = kind::read(app, &blob).await?;
    let content_type = picture_type(&content).ok_or(Error::NotFound(Noun::Icon))?;
    Ok(Icon { content_type, content })
}

/// By the first bytes, as what a client says of its own layers proves nothing.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 4] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
    ];
    KNOWN.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, media_type)| *media_type)
}
