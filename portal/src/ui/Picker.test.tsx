import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startTexts } from "~/i18n";
import { type Found, Picker } from "./Picker";
import { Modal } from "./patternfly/Modal";

const NAMES = ["anna", "ben", "carla"];

async function search(text: string): Promise<Found[]> {
  return NAMES.filter((name) => name.includes(text)).map((name) => ({ key: name, name }));
}

function show(pick: (found: Found) => void, taken = "", close = () => {}) {
  const decorate = (found: Found) => ({ ...found, disabled: found.key === taken });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Modal isOpen onClose={close} aria-label="Members">
        <Picker kind="test" label="Find" placeholder="Find" search={search} pick={pick} decorate={decorate} />
      </Modal>
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

describe("a picker", () => {
  beforeAll(() => startTexts());
  afterEach(cleanup);

  it("finds by a part of the name and picks by keyboard", async () => {
    const pick = vi.fn();
    const user = show(pick);
    await user.type(screen.getByRole("combobox"), "a");
    await screen.findByRole("option", { name: "carla" });
    await user.keyboard("{ArrowDown}{Enter}");
    expect(pick).toHaveBeenCalledWith(expect.objectContaining({ key: "carla" }));
    expect(screen.getByRole("combobox")).toHaveProperty("value", "");
  });

  it("does not pick what was picked before", async () => {
    const pick = vi.fn();
    const user = show(pick, "ben");
    await user.type(screen.getByRole("combobox"), "be");
    await screen.findByRole("option", { name: "ben" });
    await user.keyboard("{Enter}");
    expect(pick).not.toHaveBeenCalled();
  });

  it("closes by Escape without closing what is around it", async () => {
    const close = vi.fn();
    const user = show(vi.fn(), "", close);
    await user.type(screen.getByRole("combobox"), "ann");
    await screen.findByRole("option", { name: "anna" });
    await user.keyboard("{Escape}");
    await vi.waitFor(() => expect(screen.queryByRole("option")).toBeNull(), { timeout: 5000 });
    expect(close).not.toHaveBeenCalled();
    await user.keyboard("{Escape}");
    expect(close).toHaveBeenCalledOnce();
  });
});
