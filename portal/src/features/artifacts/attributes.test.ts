import { describe, expect, it } from "vitest";
import {
  chartOf,
  commandLine,
  entriesOf,
  filesOf,
  historyOf,
  imageOf,
  layersOf,
  packagesOf,
} from "./attributes";

describe("attributes", () => {
  it("survive what is of another kind than it should be", () => {
    expect(imageOf({ os: 3, config: { Env: "x", Cmd: ["a"] } })).toMatchObject({
      os: null,
      config: { Env: null, Cmd: ["a"] },
    });
    expect(imageOf(null)).toEqual({});
    expect(chartOf({ version: "1", maintainers: [{ name: "Ada" }] }).maintainers?.[0]?.name).toBe("Ada");
  });

  it("are the layers that a manifest names", () => {
    const annotations = { "org.opencontainers.image.title": "app.tar" };
    const manifest = {
      layers: [
        { mediaType: "application/x", digest: "sha256:1", size: 3, annotations },
        { digest: "sha256:2", size: "?" },
      ],
    };
    expect(layersOf(JSON.stringify(manifest))).toEqual([
      { mediaType: "application/x", digest: "sha256:1", size: 3, title: "app.tar" },
      { mediaType: "", digest: "sha256:2", size: 0, title: null },
    ]);
    expect(layersOf("{}")).toEqual([]);
    expect(layersOf("[]")).toEqual([]);
    expect(layersOf("")).toEqual([]);
  });

  it("of any other kind are told one by one", () => {
    expect(entriesOf({ a: 1, b: { c: [] }, d: null })).toEqual([
      ["a", "1"],
      ["b", '{\n  "c": []\n}'],
    ]);
  });

  it("write commands as a shell takes them", () => {
    expect(commandLine(["sh", "-c", "echo 'a b'"])).toBe("sh -c 'echo '\\''a b'\\'''");
  });
});

describe("a build's history", () => {
  it("is written as build files are", () => {
    const steps = historyOf(
      JSON.stringify([
        { created_by: '/bin/sh -c #(nop)  CMD ["sh"]', empty_layer: true },
        { created_by: "RUN /bin/sh -c apk add curl # buildkit" },
        { created_by: "/bin/sh -c make" },
        { created_by: "COPY a b # buildkit", comment: "buildkit.dockerfile.v0" },
        {},
      ]),
    );
    expect(steps.map(({ command }) => command)).toEqual([
      'CMD ["sh"]',
      "RUN apk add curl",
      "RUN make",
      "COPY a b",
      "",
    ]);
    expect(steps.map(({ isEmpty }) => isEmpty)).toEqual([true, false, false, false, false]);
  });
});

it("takes a model's folders apart", () => {
  const nodes = [
    { name: "weights", type: "directory", children: [{ name: "a.bin", type: "file", size: 5 }] },
    { name: "README.md", type: "file" },
  ];
  expect(filesOf(JSON.stringify(nodes))).toEqual([
    { path: "weights/a.bin", size: 5 },
    { path: "README.md", size: 0 },
  ]);
});

it("knows the packages of SPDX alone", () => {
  const document = {
    spdxVersion: "SPDX-2.3",
    packages: [{ name: "zlib", versionInfo: "1", licenseConcluded: "NOASSERTION", licenseDeclared: "Zlib" }],
  };
  expect(packagesOf(JSON.stringify(document))).toEqual({
    format: "SPDX-2.3",
    packages: [{ name: "zlib", version: "1", license: "Zlib" }],
  });
  expect(packagesOf('{"bomFormat":"CycloneDX"}')).toBeNull();
  expect(packagesOf("no JSON")).toBeNull();
});
