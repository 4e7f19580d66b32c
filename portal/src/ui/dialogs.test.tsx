import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startTexts } from "~/i18n";
import { ConfirmDialog } from "./dialogs";

describe("a dialog that asks", () => {
  beforeAll(() => startTexts());
  afterEach(cleanup);

  function show() {
    const close = vi.fn();
    let finish = () => {};
    const action = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { unmount } = render(
      <ConfirmDialog title="Delete?" confirm="Delete" action={() => action} close={close}>
        It goes.
      </ConfirmDialog>,
    );
    return { close, unmount, finish, user: userEvent.setup() };
  }

  it("closes when its action is done", async () => {
    const { close, finish, user } = show();
    await user.click(screen.getByRole("button", { name: "Delete" }));
    expect(close).not.toHaveBeenCalled();
    finish();
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
  });

  it("closes nothing once it is gone", async () => {
    const { close, unmount, finish, user } = show();
    await user.click(screen.getByRole("button", { name: "Delete" }));
    unmount();
    finish();
    await new Promise((resolve) => setTimeout(resolve));
    expect(close).not.toHaveBeenCalled();
  });
});
