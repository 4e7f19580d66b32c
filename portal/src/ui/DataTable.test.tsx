import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ApiError, type Page } from "~/api/client";
import { startTexts } from "~/i18n";
import { DataTable } from "./DataTable";
import type { ListState } from "./list-state";

const COLUMNS = [{ key: "name", label: "Name", render: (name: string) => name }];

function show(
  page: number,
  data: Page<string> | undefined,
  more: Partial<{ isPlaceholderData: boolean; error: unknown }> = {},
) {
  const setPage = vi.fn();
  const state: ListState = {
    page,
    pageSize: 25,
    sort: "",
    filters: {},
    setPage,
    setPageSize: () => {},
    setSort: () => {},
    setFilters: () => {},
    query: { page, page_size: 25 },
  };
  const list = { data, error: null, refetch: () => {}, ...more };
  render(
    <DataTable
      id="test"
      label="Names"
      columns={COLUMNS}
      list={list}
      state={state}
      rowKey={(name) => name}
      rowName={(name) => name}
      empty="Nothing yet"
    />,
  );
  return { setPage };
}

describe("a table", () => {
  beforeAll(() => startTexts());
  afterEach(cleanup);

  it("goes back to the last page from beyond it", () => {
    expect(show(4, { items: [], total: 51 }).setPage).toHaveBeenCalledWith(3, true);
    expect(show(2, { items: [], total: 0 }).setPage).toHaveBeenCalledWith(1, true);
  });

  it("stays where rows are, or are not known yet", () => {
    expect(show(3, { items: ["a"], total: 51 }).setPage).not.toHaveBeenCalled();
    expect(show(1, { items: [], total: 0 }).setPage).not.toHaveBeenCalled();
    expect(show(4, { items: [], total: 51 }, { isPlaceholderData: true }).setPage).not.toHaveBeenCalled();
    expect(screen.getByText("Nothing yet")).toBeDefined();
  });

  it("keeps its rows when they can't be read again, and says so", () => {
    show(1, { items: ["a"], total: 1 }, { error: new ApiError(500, "UNKNOWN", "broken", null) });
    expect(screen.getByText("a")).toBeDefined();
    expect(screen.getByText("broken")).toBeDefined();
    expect(screen.getByRole("button", { name: "Try again" })).toBeDefined();
  });

  it("hides what may no longer be seen", () => {
    show(1, { items: ["a"], total: 1 }, { error: new ApiError(403, "FORBIDDEN", "not yours", null) });
    expect(screen.queryByText("a")).toBeNull();
  });
});
