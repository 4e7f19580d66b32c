import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { startTexts } from "~/i18n";
import type { ListState } from "./list-state";
import { Toolbar } from "./Toolbar";

const FILTERS = [{ key: "name", label: "Name" }];

beforeAll(() => startTexts());
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

function show() {
  const setFilters = vi.fn();
  const at = (name: string) => {
    const filters: Record<string, string> = name ? { name } : {};
    const nothing = () => {};
    const state: ListState = {
      page: 1,
      pageSize: 25,
      sort: "",
      filters,
      setPage: nothing,
      setPageSize: nothing,
      setSort: nothing,
      setFilters,
      query: { page: 1, page_size: 25 },
    };
    return (
      <Toolbar id="test" filters={FILTERS} state={state} columns={[]} toggleColumn={nothing} total={0} />
    );
  };
  const { rerender } = render(at(""));
  const field = screen.getByRole<HTMLInputElement>("searchbox");
  return {
    setFilters,
    field,
    type: (value: string) => fireEvent.change(field, { target: { value } }),
    pause: () => act(() => vi.advanceTimersByTime(300)),
    /** The address has this now. */
    arrive: (name: string) => rerender(at(name)),
  };
}

it("keeps a letter that is typed while the address changes", () => {
  const { setFilters, field, type, pause, arrive } = show();
  type("a");
  pause();
  expect(setFilters).toHaveBeenLastCalledWith({ name: "a" });
  type("ab");
  arrive("a");
  expect(field.value).toBe("ab");
  pause();
  expect(setFilters).toHaveBeenLastCalledWith({ name: "ab" });
  arrive("ab");
  pause();
  expect(setFilters).toHaveBeenCalledTimes(2);
});

it("shows what the address is changed to by others", () => {
  const { setFilters, field, type, pause, arrive } = show();
  type("a");
  pause();
  arrive("a");
  arrive("");
  expect(field.value).toBe("");
  arrive("b");
  expect(field.value).toBe("b");
  pause();
  expect(setFilters).toHaveBeenCalledTimes(1);
});
