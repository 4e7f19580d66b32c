import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import robots from "~/i18n/locales/en-US/robots.json";
import { AccessEditor } from "./AccessEditor";

beforeAll(() =>
  i18next.use(initReactI18next).init({
    lng: "en-US",
    resources: { "en-US": { robots } },
    interpolation: { escapeValue: false },
  }),
);
afterEach(cleanup);

it("keeps what it can't show, says so, and takes it away when it is told", async () => {
  const change = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <AccessEditor
        title="In shop"
        catalogue={["pull", "push"].map((action) => ({ resource: "repository", action }))}
        grant={{ kind: "project", namespace: "shop", access: ["repository:pull", "ghost:fly"] }}
        level="project"
        change={change}
      />
    </QueryClientProvider>,
  );
  const person = userEvent.setup();
  expect(screen.getByText(/1 more permission that this console does not know: ghost:fly/)).toBeTruthy();
  await person.click(screen.getByRole("button", { name: "Push and pull" }));
  expect(change).toHaveBeenLastCalledWith(["repository:pull", "repository:push", "ghost:fly"]);
  await person.click(screen.getByRole("button", { name: "Take it away" }));
  expect(change).toHaveBeenLastCalledWith(["repository:pull"]);
});
