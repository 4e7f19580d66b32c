//! Looking into charts: a gzipped archive from somebody else, so everything in it is bounded.

use std::io::Read;

use bytes::Bytes;
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, Result};

/// How much of a chart is unpacked, in bytes.
const MAX_UNPACKED: u64 = 128 << 20;
/// The largest file that is shown, in bytes.
const MAX_FILE: u64 = 4 << 20;

/// A chart that a chart needs, as helm writes it.
#[derive(Deserialize, Serialize)]
struct Dependency {
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    version: String,
    #[serde(default)]
    repository: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    condition: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(default, rename = "import-values", skip_serializing_if = "Vec::is_empty")]
    import_values: Vec<Value>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    alias: String,
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

/// A file in the chart's own folder, whose name may be written in upper or lower case.
pub(super) async fn file(chart: Bytes, name: &'static str) -> Result<Option<Bytes>> {
    Ok(unpack(chart, vec![name]).await?.pop().flatten())
}

/// What the chart needs, as a JSON array: by `Chart.yaml`, or by `requirements.yaml` as before helm 3.
pub(super) async fn dependencies(chart: Bytes) -> Result<Bytes> {
    let files = unpack(chart, vec!["Chart.yaml", "requirements.yaml"]).await?;
    let mut found = Vec::new();
    for file in files.into_iter().flatten() {
        let document: Document = serde_norway::from_slice(&file)
            .map_err(|error| Error::invalid("addition", format!("the chart's dependencies: {error}")))?;
        if found.is_empty() {
            found = document.dependencies;
        }
    }
    Ok(serde_json::to_vec(&found).map_err(Error::internal)?.into())
}

async fn unpack(chart: Bytes, names: Vec<&'static str>) -> Result<Vec<Option<Bytes>>> {
    let work = move || find(&chart, &names);
    let found = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    found.map_err(|error| Error::invalid("addition", format!("the chart can't be unpacked: {error}")))
}

/// Each of the files, in the order of their names.
fn find(chart: &[u8], names: &[&str]) -> std::io::Result<Vec<Option<Bytes>>> {
    let mut found: Vec<Option<Bytes>> = vec![None; names.len()];
    let mut archive = tar::Archive::new(GzDecoder::new(chart).take(MAX_UNPACKED));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        // `<chart>/<file>`: what lies deeper belongs to another chart.
        let mut parts = path.components().filter(|part| !matches!(part, std::path::Component::CurDir));
        let (Some(_), Some(file), None) = (parts.next(), parts.next(), parts.next()) else { continue };
        let place =
            names.iter().zip(&mut found).find(|(name, _)| file.as_os_str().eq_ignore_ascii_case(name));
        let Some((name, place)) = place else { continue };
        if entry.size() > MAX_FILE {
            return Err(std::io::Error::other(format!("{name} has more than {MAX_FILE} bytes")));
        }
        let mut content = Vec::new();
        entry.by_ref().take(MAX_FILE).read_to_end(&mut content)?;
        *place = Some(content.into());
        if found.iter().all(Option::is_some) {
            break;
        }
    }
    Ok(found)
}
