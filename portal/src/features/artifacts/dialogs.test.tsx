import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { Notifications } from "~/ui/notify";
import DeleteArtifacts from "./DeleteArtifacts";
import type { Accessory, Artifact, Tag } from "./queries";

afterEach(cleanup);

// Texts are their keys here: which of them are said is what matters.
vi.mock("react-i18next", () => ({
  useTranslation: () => ({
    t: (key: string, values: Record<string, unknown> = {}) => [key, ...Object.values(values)].join(" "),
    i18n: { language: "en-US" },
  }),
}));

const system = { undo_period: 7 * 86_400 };
vi.mock("~/app/session", () => ({ useCan: () => () => true, useSystemInfo: () => system }));
vi.mock("@tanstack/react-router", () => ({ useNavigate: () => () => {} }));

const tag = (name: string, immutable = false): Tag => ({
  id: name.length,
  artifact_id: 1,
  repository_id: 1,
  name,
  push_time: "",
  pull_time: "",
  immutable,
});

const accessory = (id: number, type: string): Accessory => ({
  id,
  artifact_id: id,
  subject_artifact_id: 1,
  subject_artifact_digest: "sha256:a",
  subject_artifact_repo: "shop/web",
  size: 1,
  digest: `sha256:${id}`,
  type,
  icon: "",
  creation_time: "",
});

const artifact = (change: Partial<Artifact>): Artifact => ({
  id: 1,
  digest: "sha256:a",
  icon: "",
  manifest_media_type: "",
  media_type: "",
  project_id: 1,
  repository_id: 1,
  repository_name: "shop/web",
  pull_time: "",
  push_time: "",
  size: 1,
  type: "IMAGE",
  ...change,
});

function show(artifacts: Artifact[]) {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Notifications>
        <DeleteArtifacts
          place={{ project: "shop", repository: "web" }}
          artifacts={artifacts}
          settled={() => {}}
          close={() => {}}
        />
      </Notifications>
    </QueryClientProvider>,
  );
}

it("says what goes with an artifact, what stays, and what is refused", () => {
  show([
    artifact({
      tags: [tag("1.3"), tag("prod-1", true)],
      accessories: [
        accessory(2, "signature.cosign"),
        accessory(3, "sbom.harbor"),
        accessory(4, "subject.accessory"),
      ],
    }),
  ]);
  expect(screen.getByText("delete.one web:1.3")).toBeTruthy();
  expect(screen.getByText(/^delete\.tags 2 1\.3/)).toBeTruthy();
  expect(screen.getByText("delete.hard 2")).toBeTruthy();
  expect(screen.getByText("delete.soft 1")).toBeTruthy();
  expect(screen.getByText("delete.immutable prod-1")).toBeTruthy();
  expect(screen.queryByText("delete.index")).toBeNull();
  expect(screen.getByText("undo.within 7 days")).toBeTruthy();
});

it("warns that an index takes along what it lists", () => {
  show([artifact({ references: [{ parent_id: 1, child_id: 2, child_digest: "sha256:b" }] })]);
  expect(screen.getByText("delete.index")).toBeTruthy();
  expect(screen.queryByText(/^delete\.tags/)).toBeNull();
});

it("says where the server keeps nothing", () => {
  system.undo_period = 0;
  show([artifact({})]);
  expect(screen.getByText("undo.off")).toBeTruthy();
});
