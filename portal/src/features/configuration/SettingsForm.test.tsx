import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TextField } from "~/ui/fields";
import { type Items, saveConfigurations } from "./queries";
import { SettingsForm } from "./SettingsForm";
import type { Setting } from "./settings";

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));
vi.mock("~/ui/notify", () => ({ useNotify: () => ({ success: () => {} }), clearNotices: () => {} }));
vi.mock("./queries", () => ({
  configurationsQuery: { queryKey: ["configurations"] },
  saveConfigurations: vi.fn(async () => {}),
}));
vi.mock("~/ui/UnsavedBar", () => ({
  UnsavedBar: ({ count, discard }: { count: number; discard: () => void }) => (
    <>
      <button type="submit">Save {count}</button>
      <button type="button" onClick={discard}>
        Discard
      </button>
    </>
  ),
}));

beforeEach(() => vi.mocked(saveConfigurations).mockClear());
afterEach(cleanup);

const SETTINGS: Setting[] = [
  { key: "oidc_name", kind: { is: "text" } },
  { key: "oidc_scope", kind: { is: "text" } },
  { key: "oidc_client_secret", kind: { is: "secret" } },
];

function show() {
  const queries = new QueryClient();
  const form = (oidc_name: string, oidc_scope: string) => {
    const items: Items = { oidc_name: { value: oidc_name }, oidc_scope: { value: oidc_scope } };
    return (
      <QueryClientProvider client={queries}>
        <SettingsForm settings={SETTINGS} items={items}>
          {SETTINGS.map(({ key }) => (
            <TextField key={key} name={key} label={key} />
          ))}
        </SettingsForm>
      </QueryClientProvider>
    );
  };
  const { rerender } = render(form("login", "openid"));
  const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);
  return {
    user: userEvent.setup(),
    field,
    answer: (name: string, scope: string) => rerender(form(name, scope)),
    saves: (count: number) => screen.findByRole("button", { name: `Save ${count}` }),
  };
}

it("keeps what is typed when the server answers anew, until it is discarded", async () => {
  const { user, field, answer, saves } = show();
  await user.type(field("oidc_name"), "!");
  answer("sign-in", "email");
  expect(field("oidc_name").value).toBe("login!");
  expect(field("oidc_scope").value).toBe("email");
  await user.click(await saves(1));
  expect(saveConfigurations).toHaveBeenCalledWith({ oidc_name: "login!" });
  await user.type(field("oidc_scope"), "!");
  answer("login!", "email");
  await saves(1);
  await user.click(screen.getByRole("button", { name: "Discard" }));
  expect(field("oidc_name").value).toBe("login!");
  expect(field("oidc_scope").value).toBe("email");
  await saves(0);
});

it("forgets a secret once it is saved", async () => {
  const { user, field, saves } = show();
  await user.type(field("oidc_client_secret"), "hidden");
  await user.click(await saves(1));
  await saves(0);
  expect(saveConfigurations).toHaveBeenCalledWith({ oidc_client_secret: "hidden" });
  expect(field("oidc_client_secret").value).toBe("");
});
