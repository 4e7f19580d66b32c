import { describe, expect, it, vi } from "vitest";
import type { ListState } from "~/ui/list-state";
import { artifactQ, exclusive } from "./filter";

describe("what is asked", () => {
  it("is a part of a tag, or of a digest", () => {
    expect(artifactQ({ text: "1.3" })).toBe("tags=~1.3");
    expect(artifactQ({ text: "sha256:ab" })).toBe("digest=~sha256:ab");
    expect(artifactQ({ text: "1,3%" })).toBe("tags=~13%25");
  });

  it("joins all conditions", () => {
    expect(artifactQ({ tagged: "no", type: "CHART", label: "4" })).toBe("tags=nil,type=CHART,labels=(4)");
    expect(artifactQ({})).toBeUndefined();
  });
});

describe("tag and untagged", () => {
  it("take turns, the newer one first", () => {
    const setFilters = vi.fn();
    const state = (filters: Record<string, string>) =>
      exclusive({ filters, setFilters } as Partial<ListState> as ListState);
    state({ text: "1" }).setFilters({ text: "1", tagged: "no", type: "IMAGE" });
    expect(setFilters).toHaveBeenLastCalledWith({ tagged: "no", type: "IMAGE" });
    state({ tagged: "no" }).setFilters({ text: "1", tagged: "no" });
    expect(setFilters).toHaveBeenLastCalledWith({ text: "1" });
    state({}).setFilters({ text: "1", type: "IMAGE" });
    expect(setFilters).toHaveBeenLastCalledWith({ text: "1", type: "IMAGE" });
  });
});
