import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTexts } from "~/i18n";
import { DisplayMenu } from "./DisplayMenu";
import { preferences, setPreferences } from "./preferences";

vi.mock("./session", () => ({ useCurrentUser: () => ({ username: "anna" }) }));

describe("the menu of how things look", () => {
  beforeAll(() => startTexts());
  beforeEach(() => setPreferences({ theme: "system" }));
  afterEach(cleanup);

  it("gives the focus back to its button once something was chosen", async () => {
    const user = userEvent.setup();
    render(<DisplayMenu />);
    const button = screen.getByRole("button");
    await user.click(button);
    await user.click(await screen.findByRole("menuitemradio", { name: "Dark" }));
    expect(preferences().theme).toBe("dark");
    expect(screen.queryByText("Dark")).toBeNull();
    expect(document.activeElement).toBe(button);
  });

  it("tells what is chosen, and is gone through by keyboard", async () => {
    const user = userEvent.setup();
    render(<DisplayMenu />);
    await user.click(screen.getByRole("button"));
    await screen.findByRole("menuitemradio", { name: "Dark" });
    const chosen = screen.getAllByRole("menuitemradio", { checked: true });
    expect(chosen.map(({ textContent }) => textContent)).toEqual([
      "As the system is set",
      "As the browser is set",
    ]);
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(preferences().theme).not.toBe("system");
  });
});
