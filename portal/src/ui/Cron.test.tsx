// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import i18next from "i18next";
import { useState } from "react";
import { initReactI18next } from "react-i18next";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import common from "~/i18n/locales/en-US/common.json";
import { problemOf } from "~/ui/schedule";

vi.hoisted(() => {
  window.matchMedia = (media) =>
    Object.assign(new EventTarget(), { matches: false, media }) as MediaQueryList;
});
const { CronField, CronText } = await import("./Cron");

beforeAll(() =>
  i18next.use(initReactI18next).init({
    lng: "en-US",
    defaultNS: "common",
    resources: { "en-US": { common } },
    interpolation: { escapeValue: false },
  }),
);
afterEach(cleanup);

function Trial({ cron, changed }: { cron: string; changed: (cron: string) => void }) {
  const [value, setValue] = useState(cron);
  return (
    <CronField
      label="When"
      cron={value}
      change={(next) => {
        setValue(next);
        changed(next);
      }}
    />
  );
}

it("offers the usual times, and a text of one's own", async () => {
  const changed = vi.fn();
  render(<Trial cron="" changed={changed} />);
  const person = userEvent.setup();
  const when = screen.getByLabelText("When");
  expect(when).toHaveProperty("value", "None");

  await person.selectOptions(when, "Weekly");
  expect(changed).toHaveBeenLastCalledWith("0 0 0 * * 0");
  await person.selectOptions(screen.getByLabelText("Day of the week"), "Tuesday");
  expect(changed).toHaveBeenLastCalledWith("0 0 0 * * 2");

  await person.selectOptions(when, "Custom");
  const text = screen.getByLabelText("Schedule in six fields");
  expect(text).toHaveProperty("value", "0 0 0 * * 2");
  await person.clear(text);
  expect(text).toHaveProperty("value", "");
  expect(screen.getByText(/Six fields are needed/)).toBeTruthy();
  expect(problemOf(changed.mock.lastCall?.[0])).toBe("fields");
  await person.type(text, "0 30 2 * *");
  expect(screen.getByText(/Six fields are needed/)).toBeTruthy();
  await person.type(text, " 1-5");
  expect(changed).toHaveBeenLastCalledWith("0 30 2 * * 1-5");
  expect(screen.getByText(/^Next: /)).toBeTruthy();
});

it("opens with what is set", () => {
  render(<Trial cron="0 15 3 * * *" changed={() => {}} />);
  expect(screen.getByLabelText("When")).toHaveProperty("value", "Daily");
  expect(screen.getByLabelText("Time of day, UTC")).toHaveProperty("value", "03:15");
});

it("says a schedule in words", () => {
  const { container, rerender } = render(<CronText cron="0 15 3 * * *" />);
  expect(container.textContent).toBe("Every day at 03:15 UTC");
  rerender(<CronText cron="0 0 0 * * 1" />);
  expect(container.textContent).toBe("Every Monday at 00:00 UTC");
  rerender(<CronText cron="0 0 3 1 * *" />);
  expect(container.textContent).toBe("0 0 3 1 * *");
});
