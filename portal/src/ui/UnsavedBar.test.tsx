import type { UseBlockerOpts } from "@tanstack/react-router";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { startTexts } from "~/i18n";
import { UnsavedBar } from "./UnsavedBar";

const blocker = vi.hoisted(() => ({
  status: "idle",
  proceed: vi.fn(),
  reset: vi.fn(),
  options: undefined as Partial<UseBlockerOpts> | undefined,
}));
vi.mock("@tanstack/react-router", () => ({
  useBlocker: (options: UseBlockerOpts) => Object.assign(blocker, { options }),
}));

beforeAll(() => startTexts());
afterEach(cleanup);

function show(count: number, busy = false) {
  const discard = vi.fn();
  render(<UnsavedBar count={count} busy={busy} error={null} discard={discard} />);
  return { discard, isBlocked: blocker.options?.shouldBlockFn?.({} as never) };
}

test("nothing is said, and nobody held, while all is saved", () => {
  expect(show(0).isBlocked).toBe(false);
  expect(screen.queryByRole("button")).toBeNull();
});

test("what is not saved is counted, and can be discarded", async () => {
  const { discard, isBlocked } = show(2);
  expect(isBlocked).toBe(true);
  expect(screen.getByText("2 changes are not saved")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Discard" }));
  expect(discard).toHaveBeenCalledOnce();
  cleanup();
  expect(show(2, true).isBlocked).toBe(false);
});

test("who leaves is asked", async () => {
  blocker.status = "blocked";
  show(1);
  expect(screen.getByText("1 change will be lost.")).toBeDefined();
  await userEvent.click(screen.getByRole("button", { name: "Leave" }));
  expect(blocker.proceed).toHaveBeenCalledOnce();
});
