import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { preferences, setPreferences } from "~/app/preferences";
import { Commands } from "./PreferencesPage";

vi.mock("react-i18next", () => ({
  useTranslation: () => ({ t: (key: string) => key, i18n: { language: "en-US" } }),
}));

beforeEach(() => setPreferences({ commands: [], runtime: "docker" }));
afterEach(cleanup);

it("takes commands of one's own, but none that is there already", async () => {
  const user = userEvent.setup();
  render(<Commands />);
  await user.type(screen.getByRole("textbox"), "podman{Enter}");
  expect(preferences().commands).toEqual([]);
  expect(screen.getByText("preferences.commands.known")).toBeTruthy();
  await user.type(screen.getByRole("textbox"), " pull -q{Enter}");
  expect(preferences()).toMatchObject({ commands: ["podman pull -q"], runtime: "podman pull -q" });
  expect(screen.queryByText("preferences.commands.known")).toBeNull();
});
