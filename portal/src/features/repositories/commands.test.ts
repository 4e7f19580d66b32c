import { describe, expect, it } from "vitest";
import { pullCommand, pushSteps, toolNames } from "./commands";

const tls = { host: "registry.example.com", plain: false };
const plain = { host: "127.0.0.1:8080", plain: true };
const image = {
  type: "IMAGE",
  mediaType: "application/vnd.oci.image.config.v1+json",
  repository: "shop/base/web",
  reference: "1.3",
  isIndex: false,
};

it("calls commands by their first words where these tell them apart", () => {
  expect(toolNames(["docker", "ctr", "buildah pull {image}"])).toEqual(["docker", "ctr", "buildah"]);
  expect(toolNames(["docker", "crane pull", "docker pull -q", "crane export"])).toEqual([
    "docker",
    "crane pull",
    "docker pull -q",
    "crane export",
  ]);
});

describe("pull commands", () => {
  it("name tags with a colon and digests with an at sign", () => {
    expect(pullCommand("docker", tls, image)).toBe("docker pull registry.example.com/shop/base/web:1.3");
    expect(pullCommand("crictl", tls, { ...image, reference: "sha256:ab" })).toBe(
      "crictl pull registry.example.com/shop/base/web@sha256:ab",
    );
  });

  it("are one's own, with the image in its place or at the end", () => {
    const name = "registry.example.com/shop/base/web:1.3";
    expect(pullCommand("buildah pull", tls, image)).toBe(`buildah pull ${name}`);
    expect(pullCommand("crane pull {image} web.tar", tls, image)).toBe(`crane pull ${name} web.tar`);
    expect(pullCommand("buildah pull", tls, { ...image, type: "CNAB" })).toBe(`cnab-to-oci pull ${name}`);
  });

  it("copy all of an index by skopeo, into a directory of its name", () => {
    expect(pullCommand("skopeo", tls, { ...image, isIndex: true })).toBe(
      "skopeo copy --all docker://registry.example.com/shop/base/web:1.3 dir:./web",
    );
  });

  it("tell tools that there is no TLS", () => {
    expect(pullCommand("podman", plain, image)).toBe(
      "podman pull --tls-verify=false 127.0.0.1:8080/shop/base/web:1.3",
    );
    expect(pullCommand("nerdctl", plain, image)).toContain("nerdctl --insecure-registry pull");
  });

  it("take charts by helm, and by oras where helm takes none", () => {
    const chart = { ...image, type: "CHART", mediaType: "application/vnd.cncf.helm.config.v1+json" };
    expect(pullCommand("docker", tls, { ...chart, reference: "1.0.0_build" })).toBe(
      "helm pull oci://registry.example.com/shop/base/web --version 1.0.0+build",
    );
    expect(pullCommand("docker", tls, { ...chart, reference: "sha256:ab" })).toBe(
      "oras pull registry.example.com/shop/base/web@sha256:ab",
    );
  });

  it("take modules by the runtime only if they are images", () => {
    expect(pullCommand("docker", tls, { ...image, type: "WASM" })).toMatch(/^docker/);
    expect(
      pullCommand("docker", tls, {
        ...image,
        type: "WASM",
        mediaType: "application/vnd.wasm.config.v1+json",
      }),
    ).toMatch(/^oras/);
  });
});

describe("push steps", () => {
  it("end in the project's repository", () => {
    expect(pushSteps("docker", tls, "shop").map(({ command }) => command)).toEqual([
      "docker login registry.example.com",
      "docker tag IMAGE:TAG registry.example.com/shop/REPOSITORY:TAG",
      "docker push registry.example.com/shop/REPOSITORY:TAG",
    ]);
  });

  it("leave the last part of the name to helm, which takes it of the chart", () => {
    expect(pushSteps("helm", tls, "shop", "charts/till").at(-1)?.command).toBe(
      "helm push CHART-VERSION.tgz oci://registry.example.com/shop/charts",
    );
  });

  it("put the switches where each tool takes them", () => {
    expect(pushSteps("nerdctl", plain, "shop").at(-1)?.command).toMatch(/^nerdctl --insecure-registry push /);
    expect(pushSteps("skopeo", plain, "shop").at(-1)?.command).toMatch(
      /^skopeo copy --dest-tls-verify=false /,
    );
    expect(pushSteps("podman", plain, "shop").at(-1)?.command).toMatch(/ --tls-verify=false$/);
  });
});
