import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { ProfileForm } from "./ProfileForm";
import { saveProfile } from "./queries";

vi.mock("react-i18next", () => ({ useTranslation: () => ({ t: (key: string) => key }) }));
vi.mock("~/ui/notify", () => ({ useNotify: () => ({ success: () => {} }), clearNotices: () => {} }));
vi.mock("./queries", () => ({ saveProfile: vi.fn(async () => {}) }));

afterEach(cleanup);

const anna = { user_id: 2, username: "anna", email: "anna@example.com", realname: "Anna" };

it("keeps what is typed when the server answers anew, and saves it with the rest", async () => {
  const user = userEvent.setup();
  const form = (one: object) => (
    <QueryClientProvider client={new QueryClient()}>
      <ProfileForm user={{ ...anna, ...one } as never} />
    </QueryClientProvider>
  );
  const { rerender } = render(form({}));
  const field = (name: string) => screen.getByLabelText<HTMLInputElement>(new RegExp(`^profile.${name}`));
  const save = screen.getByRole<HTMLButtonElement>("button", { name: "common:save" });
  expect(save.disabled).toBe(true);

  await user.type(field("realname"), " Berg");
  rerender(form({ email: "berg@example.com" }));
  expect(field("realname").value).toBe("Anna Berg");
  expect(field("email").value).toBe("berg@example.com");
  await user.click(save);
  expect(saveProfile).toHaveBeenCalledWith(2, {
    email: "berg@example.com",
    realname: "Anna Berg",
    comment: "",
  });
  expect(save.disabled).toBe(true);
});
