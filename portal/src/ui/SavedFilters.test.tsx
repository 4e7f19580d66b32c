import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { startTexts } from "~/i18n";
import type { ListState } from "./list-state";
import { SavedFilters } from "./SavedFilters";

const FILTERS = [
  { key: "name", label: "Name" },
  { key: "public", label: "Access", options: [{ value: "true", label: "Public" }] },
];
const ORDERS = [{ label: "Created", sort: "creation_time" }, { label: "Owner" }];

beforeAll(() => startTexts());
afterEach(() => {
  cleanup();
  localStorage.clear();
});

async function show(filters: Record<string, string>, sort = "") {
  const setFilters = vi.fn();
  const state = { filters, sort, setFilters } as Partial<ListState> as ListState;
  render(<SavedFilters id="test" filters={FILTERS} orders={ORDERS} state={state} />);
  const user = userEvent.setup();
  const pick = async (name: string) => {
    await user.click(screen.getByRole("button", { name: "Saved filters" }));
    await user.click(screen.getByRole("menuitem", { name }));
  };
  return { setFilters, pick };
}

it("are kept with their order, and named as the page names them", async () => {
  const { pick } = await show({ public: "true", name: "shop" }, "-creation_time");
  await pick("Save these filters");
  cleanup();
  const { setFilters, pick: pickLater } = await show({});
  await pickLater("Access: Public · Name: shop · Created, descending");
  expect(setFilters).toHaveBeenCalledWith({ public: "true", name: "shop" }, "-creation_time");
});

it("are forgotten where they are in use", async () => {
  const { pick } = await show({ name: "shop" });
  await pick("Save these filters");
  await pick("Forget these filters");
  await pick("None yet");
});

it("are read as they were kept without an order", async () => {
  localStorage.setItem("minato.filters.test", '[{"name":"true","filters":{"public":"true"}}]');
  const { setFilters, pick } = await show({});
  await pick("Access: Public");
  expect(setFilters).toHaveBeenCalledWith({ public: "true" }, undefined);
});
