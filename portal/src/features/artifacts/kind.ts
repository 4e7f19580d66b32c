/** What an artifact is, by what the API tells of it. */

import type { Schemas } from "~/api/client";
import { type Image, imageOf } from "./attributes";

type Artifact = Schemas["Artifact"];
type Accessory = Schemas["Accessory"];
type Overview = Schemas["NativeReportSummary"];

/** Kinds that have a name in the reader's language; others are shown as the server calls them. */
export const KINDS = ["IMAGE", "CHART", "WASM", "CNAB", "CNAI", "SBOM", "UNKNOWN"] as const;
type Kind = (typeof KINDS)[number];

export function isKind(type: string): type is Kind {
  return KINDS.some((kind) => kind === type);
}

export function isIndex({ references }: Pick<Artifact, "references">): boolean {
  return Boolean(references?.length);
}

/** The configuration of an image, or of what is built like one; empty for the rest. */
export function imageOfArtifact({ type, extra_attrs: extra }: Pick<Artifact, "type" | "extra_attrs">): Image {
  return type === "IMAGE" || type === "WASM" ? imageOf(extra) : {};
}

/** The scan's state and result: there is one, under the media type of its report. */
export function overviewOf({
  scan_overview: overviews,
}: Pick<Artifact, "scan_overview">): Overview | undefined {
  return Object.values(overviews ?? {})[0];
}

type Platform = NonNullable<Schemas["Reference"]["platform"]>;

/** `linux/arm64/v8`, with the version of the system where there is one. */
export function platformText(platform: Platform | null | undefined): string {
  if (!platform?.os && !platform?.architecture) return "";
  const text = [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/");
  const version = platform["'os.version'"];
  return version ? `${text} (${version})` : text;
}

/** Whether what an index lists says of itself how another entry was built. */
export function isAttestation(annotations: Record<string, string> | null | undefined): boolean {
  return annotations?.["vnd.docker.reference.type"] === "attestation-manifest";
}

/** What goes when its subject goes. */
const HARD = ["signature.cosign", "signature.notation", "sbom.harbor", "accelerator.nydus"];

export function isHard({ type }: Pick<Accessory, "type">): boolean {
  return HARD.includes(type);
}

export function isSigned({ accessories }: Pick<Artifact, "accessories">): boolean {
  return Boolean(accessories?.some(({ type }) => type.startsWith("signature.")));
}

export type Attached = "cosign" | "notation" | "sbom" | "nydus" | "attestation" | "other";

/** What an accessory is; its artifact type tells more where it is known. */
export function attachedKind(type: string, artifactType?: string | null): Attached {
  if (type === "signature.cosign") return "cosign";
  if (type === "signature.notation") return "notation";
  if (type === "sbom.harbor") return "sbom";
  if (type === "accelerator.nydus") return "nydus";
  if (/in-toto|attestation|provenance|sigstore\.bundle/i.test(artifactType ?? "")) return "attestation";
  if (/spdx|cyclonedx|sbom|syft/i.test(artifactType ?? "")) return "sbom";
  return "other";
}

/** A digest's first characters, without the algorithm that nearly all have. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/** By what an artifact is pulled and called: its first tag, else its digest. */
export function referenceOf({ tags, digest }: Pick<Artifact, "tags" | "digest">): string {
  return tags?.[0]?.name ?? digest;
}

/** `web:1.3` or `web@4fd…`. */
export function nameOf(repository: string, reference: string): string {
  return reference.includes(":") ? `${repository}@${shortDigest(reference)}` : `${repository}:${reference}`;
}
