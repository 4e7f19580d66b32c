//! Looking into models (`ModelPack`'s model-spec, and its older names): each layer is a file or a
//! folder, and says in an annotation where it belongs.

use std::collections::BTreeMap;
use std::io::Read as _;

use bytes::Bytes;
use minato_types::manifest::{Descriptor, Manifest};
use serde::Serialize;

use crate::{Error, Noun, Result};

/// The largest text that is shown, in bytes, as in Harbor.
const MAX_TEXT: u64 = 4 << 20;
/// How deep folders are shown: a manifest may name more of them than there is room for calls.
const MAX_DEPTH: usize = 64;

const DOCUMENTS: [&str; 2] =
    ["application/vnd.cncf.model.doc.v1.tar", "application/vnd.cnai.model.doc.v1.tar"];
const RAW_DOCUMENTS: [&str; 2] =
    ["application/vnd.cncf.model.doc.v1.raw", "application/vnd.cnai.model.doc.v1.raw"];
const PATHS: [&str; 2] = ["org.cncf.model.filepath", "org.cnai.model.filepath"];

/// Names of what a model says of itself.
pub(super) const README: &[&str] = &["README", "README.md"];
/// Names of its licence.
pub(super) const LICENSE: &[&str] = &["LICENSE", "LICENSE.txt"];

/// The layer with a text of one of these names.
pub(super) fn document<'a>(manifest: &'a Manifest, names: &[&str]) -> Result<&'a Descriptor> {
    let is_wanted = |layer: &&Descriptor| {
        let kind = layer.media_type.as_str();
        (DOCUMENTS.contains(&kind) || RAW_DOCUMENTS.contains(&kind))
            && path(layer).is_some_and(|path| names.contains(&path))
    };
    let found = manifest.layers.iter().find(is_wanted).ok_or(Error::NotFound(Noun::Addition))?;
    if found.size > MAX_TEXT {
        return Err(Error::TooLarge(format!("texts of more than {MAX_TEXT} bytes are not shown")));
    }
    Ok(found)
}

/// The text in a layer, which may be an archive of one file.
pub(super) fn text(layer: &Descriptor, bytes: Bytes) -> Result<Bytes> {
    if RAW_DOCUMENTS.contains(&layer.media_type.as_str()) {
        return Ok(bytes);
    }
    let unpack = || -> std::io::Result<Option<Bytes>> {
        let mut archive = tar::Archive::new(&*bytes);
        for entry in archive.entries()? {
            let mut entry = entry?;
            if entry.header().entry_type().is_file() {
                let mut content = Vec::new();
                entry.by_ref().take(MAX_TEXT).read_to_end(&mut content)?;
                return Ok(Some(content.into()));
            }
        }
        Ok(None)
    };
    let found = unpack();
    let found =
        found.map_err(|error| Error::invalid("addition", format!("it can't be unpacked: {error}")))?;
    found.ok_or(Error::NotFound(Noun::Addition))
}

/// All files, as a JSON array of nested folders.
pub(super) fn files(manifest: &Manifest) -> Result<Bytes> {
    let mut root = Folder::default();
    for layer in &manifest.layers {
        if let Some(path) = path(layer) {
            root.add(path, layer.size)?;
        }
    }
    Ok(serde_json::to_vec(&root.into_nodes()).map_err(Error::internal)?.into())
}

fn path(layer: &Descriptor) -> Option<&str> {
    let annotations = layer.annotations.as_ref()?;
    PATHS.iter().find_map(|name| annotations.get(*name)).map(String::as_str)
}

#[derive(Default)]
struct Folder {
    size: u64,
    folders: BTreeMap<String, Self>,
    files: BTreeMap<String, u64>,
}

/// A file or folder as Harbor shows it.
#[derive(Serialize)]
struct Node {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "is_zero")]
    size: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    children: Vec<Self>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Folder {
    /// Adds a file, or a folder where the path ends in a slash.
    fn add(&mut self, path: &str, size: u64) -> Result<()> {
        let mut names: Vec<&str> = path.split('/').filter(|name| !name.is_empty() && *name != ".").collect();
        if names.len() > MAX_DEPTH {
            return Err(Error::invalid(
                "addition",
                format!("the model has more than {MAX_DEPTH} folders in one"),
            ));
        }
        let file = if path.ends_with('/') { None } else { names.pop() };
        let mut folder = self;
        for name in names {
            folder = folder.folders.entry(name.to_owned()).or_default();
        }
        match file {
            Some(file) => drop(folder.files.insert(file.to_owned(), size)),
            None => folder.size = size,
        }
        Ok(())
    }

    /// Folders before files, each by name.
    fn into_nodes(self) -> Vec<Node> {
        let folder = |(name, folder): (String, Self)| Node {
            name,
            kind: "directory",
            size: folder.size,
            children: folder.into_nodes(),
        };
        let file = |(name, size): (String, u64)| Node { name, kind: "file", size, children: Vec::new() };
        self.folders.into_iter().map(folder).chain(self.files.into_iter().map(file)).collect()
    }
}
