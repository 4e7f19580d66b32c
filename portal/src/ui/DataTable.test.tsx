import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ApiError, type Page } from "~/api/client";
import { startTexts } from "~/i18n";
import { cardsOf } from "./Cards";
import { DataTable, type Selection } from "./DataTable";
import type { ListState } from "./list-state";

const COLUMNS = [
  { key: "name", label: "Name", sort: "name", render: (name: string) => name },
  { key: "length", label: "Length", render: (name: string) => name.length },
];

function show(
  page: number,
  data: Page<string> | undefined,
  more: Partial<{ isPlaceholderData: boolean; error: unknown }> = {},
  sort = "",
  selection?: Selection<string>,
) {
  const setPage = vi.fn();
  const setSort = vi.fn();
  const state: ListState = {
    page,
    pageSize: 25,
    sort,
    filters: {},
    setPage,
    setPageSize: () => {},
    setSort,
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
      selection={selection}
      toolbar={<button type="button">New</button>}
      cards={cardsOf((name: string) => ({ title: name, body: null }))}
    />,
  );
  return { setPage, setSort };
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

  it("offers its buttons once it is known that they stay", () => {
    show(1, undefined);
    expect(screen.queryByRole("button", { name: "New" })).toBeNull();
    cleanup();
    show(1, { items: ["a"], total: 1 });
    expect(screen.getByRole("button", { name: "New" })).toBeDefined();
    cleanup();
    show(1, undefined, { error: new ApiError(500, "UNKNOWN", "broken", null) });
    expect(screen.getByRole("button", { name: "New" })).toBeDefined();
  });

  it("keeps its rows when they can't be read again, and says so", () => {
    show(1, { items: ["a"], total: 1 }, { error: new ApiError(500, "UNKNOWN", "broken", null) });
    expect(screen.getByText("a")).toBeDefined();
    expect(screen.getByText("The server ran into a fault of its own")).toBeDefined();
    expect(screen.getByRole("button", { name: "Try again" })).toBeDefined();
  });

  it("can be sorted as cards, too, by what its columns are sorted by", async () => {
    const user = userEvent.setup();
    const { setSort } = show(1, { items: ["a", "b"], total: 2 }, {}, "name");
    expect(screen.queryByRole("button", { name: /Sorted by/ })).toBeNull();
    await user.click(screen.getByRole("button", { name: "As cards" }));
    expect(screen.getAllByRole("listitem")).toHaveLength(2);
    await user.click(screen.getByRole("button", { name: "Sorted by: Name, ascending" }));
    expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual([
      "Name, ascending",
      "Name, descending",
    ]);
    await user.click(screen.getByRole("option", { name: "Name, descending" }));
    expect(setSort).toHaveBeenCalledWith("-name");
    await user.click(screen.getByRole("button", { name: "As a table" }));
  });

  it("forgets of a selection what is not shown any more", () => {
    const change = vi.fn();
    const rows = ["a", "c"];
    show(1, { items: ["a", "c"], total: 2 }, {}, "", { rows, change });
    expect(change).not.toHaveBeenCalled();
    cleanup();
    show(2, { items: ["a", "c"], total: 2 }, { isPlaceholderData: true }, "", { rows, change });
    expect(change).not.toHaveBeenCalled();
    cleanup();
    show(2, { items: ["a", "b"], total: 2 }, {}, "", { rows, change });
    expect(change).toHaveBeenCalledWith(["a"]);
  });

  it("hides what may no longer be seen", () => {
    show(1, { items: ["a"], total: 1 }, { error: new ApiError(403, "FORBIDDEN", "not yours", null) });
    expect(screen.queryByText("a")).toBeNull();
  });
});
