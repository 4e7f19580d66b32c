import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useForm } from "react-hook-form";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startTexts } from "~/i18n";
import { ConfirmDialog, FormDialog } from "./dialogs";
import { TextField } from "./fields";

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
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce(), { timeout: 5000 });
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

function Named({ close }: { close: () => void }) {
  const form = useForm({ defaultValues: { name: "" } });
  return (
    <FormDialog title="New" submit="Create" form={form} send={async () => {}} close={close}>
      <TextField name="name" label="Name" />
    </FormDialog>
  );
}

describe("a dialog with a form", () => {
  beforeAll(() => startTexts());
  afterEach(cleanup);

  it("closes by Escape, but not once something was entered", async () => {
    const close = vi.fn();
    const user = userEvent.setup();
    render(<Named close={close} />);
    await user.keyboard("{Escape}");
    expect(close).toHaveBeenCalledOnce();
    await user.type(screen.getByRole("textbox"), "a");
    await user.keyboard("{Escape}");
    expect(close).toHaveBeenCalledOnce();
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(close).toHaveBeenCalledTimes(2);
  });
});
