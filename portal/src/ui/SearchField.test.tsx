import { ModalBody } from "@patternfly/react-core";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { startTexts } from "~/i18n";
import { Modal } from "./patternfly/Modal";
import { SearchField } from "./SearchField";

beforeAll(() => startTexts());
afterEach(cleanup);

function Dialog({ close }: { close: () => void }) {
  const [text, setText] = useState("");
  return (
    <Modal isOpen onClose={close} aria-label="Labels">
      <ModalBody>
        <SearchField label="Find" value={text} change={setText} />
      </ModalBody>
    </Modal>
  );
}

it("is emptied by Escape before the dialog around it closes", async () => {
  const close = vi.fn();
  const user = userEvent.setup();
  render(<Dialog close={close} />);
  const field = screen.getByRole("searchbox");
  await user.type(field, "prod{Escape}");
  expect(field).toHaveProperty("value", "");
  expect(close).not.toHaveBeenCalled();
  await user.keyboard("{Escape}");
  expect(close).toHaveBeenCalledOnce();
});
