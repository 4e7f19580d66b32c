//! Icons: those of kinds, which are drawn here, and those that artifacts bring.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::response::Json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use minato_core::{App, Error, Noun};
use minato_types::artifact::{AccessoryKind, Artifact};
use serde::Serialize;
use utoipa::ToSchema;

use super::grant::{Anybody, parameter};
use super::operation::{Operation, Verb};
use crate::error::Failure;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Get, "/icons/{digest}", "getIcon", "icon")
            .answers::<IconView>()
            .fails(&[400, 404, 500])
            .by(get_icon),
    ]
}

/// A picture of our own, and its digest, by which artifacts name it.
struct Drawing {
    digest: &'static str,
    svg: &'static [u8],
}

const IMAGE: Drawing = Drawing {
    digest: "sha256:4860dd820ac4ee16a97bef519b923a8c88f99e23049a380b0989b08989b64f56",
    svg: include_bytes!("../../assets/icons/image.svg"),
};
const CHART: Drawing = Drawing {
    digest: "sha256:dc1ff5b9e49895670139410d3571e2aa0b0cb9be45e489bebaebef6538b14c94",
    svg: include_bytes!("../../assets/icons/chart.svg"),
};
const CNAB: Drawing = Drawing {
    digest: "sha256:17a03c23c051e6e8bfa242b729ee9e6710bf0051740eed075425bd066acaa51e",
    svg: include_bytes!("../../assets/icons/cnab.svg"),
};
const WASM: Drawing = Drawing {
    digest: "sha256:8f0856b5e240bb66cbfcd4a239e29ea2c9b2f54c7eddf63049e959aad6313601",
    svg: include_bytes!("../../assets/icons/wasm.svg"),
};
const MODEL: Drawing = Drawing {
    digest: "sha256:7b0fda192800d264437ece4d283c81a850119fcea0b0eb8f47e6f8c8e9052ce6",
    svg: include_bytes!("../../assets/icons/model.svg"),
};
const SBOM: Drawing = Drawing {
    digest: "sha256:8a0f4489fb0133664d57d67a75e4723cfc9e37dd91cf7980d4c60ab84123438c",
    svg: include_bytes!("../../assets/icons/sbom.svg"),
};
const SIGNATURE: Drawing = Drawing {
    digest: "sha256:46c7fef520db9d13159f6c71db850daa8728d6039637f0fbd863779f108d91f7",
    svg: include_bytes!("../../assets/icons/signature.svg"),
};
const ACCELERATOR: Drawing = Drawing {
    digest: "sha256:58af57757889b6b3dfcbb24cdfae811fed0a747f5158fbe0417758b739073b52",
    svg: include_bytes!("../../assets/icons/accelerator.svg"),
};
const OTHER: Drawing = Drawing {
    digest: "sha256:58e2b24cc4989953c3d16616ebd8fe2b88593811342997738b540afad42a58df",
    svg: include_bytes!("../../assets/icons/other.svg"),
};

const DRAWINGS: [Drawing; 9] = [IMAGE, CHART, CNAB, WASM, MODEL, SBOM, SIGNATURE, ACCELERATOR, OTHER];

/// The digest of an artifact's icon: its own, or that of its kind.
pub(super) fn of(artifact: &Artifact) -> String {
    if let Some(own) = &artifact.icon {
        return own.clone();
    }
    let drawing = match artifact.kind.as_str() {
        "IMAGE" => IMAGE,
        "CHART" => CHART,
        "CNAB" => CNAB,
        "WASM" => WASM,
        "CNAI" => MODEL,
        "SBOM" => SBOM,
        _ => OTHER,
    };
    drawing.digest.to_owned()
}

/// As [`of`], for an artifact as an accessory.
pub(super) fn of_accessory(artifact: &Artifact, kind: AccessoryKind) -> String {
    match kind {
        AccessoryKind::CosignSignature | AccessoryKind::NotationSignature => SIGNATURE.digest.to_owned(),
        AccessoryKind::NydusAccelerator => ACCELERATOR.digest.to_owned(),
        AccessoryKind::HarborSbom => SBOM.digest.to_owned(),
        AccessoryKind::Subject => of(artifact),
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Icon)]
struct IconView {
    #[serde(rename = "content-type")]
    content_type: &'static str,
    content: String,
}

/// The digest that the path names, as text.
struct Named(String);

impl FromRequestParts<Arc<App>> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        Ok(Self(parameter(parts, app, "digest").await.unwrap_or_default()))
    }
}

/// Shows an icon (getIcon).
async fn get_icon(
    State(app): State<Arc<App>>,
    Anybody(who, _): Anybody,
    Named(digest): Named,
) -> Result<Json<IconView>, Failure> {
    if let Some(drawing) = DRAWINGS.iter().find(|drawing| drawing.digest == digest) {
        let content = STANDARD.encode(drawing.svg);
        return Ok(Json(IconView { content_type: "image/svg+xml", content }));
    }
    let digest = digest.parse().map_err(|_| Error::NotFound(Noun::Icon))?;
    let icon = minato_core::icon::get(&app, &who, &digest).await?;
    Ok(Json(IconView { content_type: icon.content_type, content: STANDARD.encode(icon.content) }))
}

#[cfg(test)]
mod tests {
    use minato_types::digest::{Algorithm, Digest};
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn drawings_have_the_digests_of_their_files() {
        for drawing in DRAWINGS {
            let digest = Digest::from_hash(Algorithm::Sha256, &Sha256::digest(drawing.svg)).unwrap();
            assert_eq!(drawing.digest, digest.as_str());
        }
    }
}
