import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startTexts } from "~/i18n";
import { Names } from "./Names";

beforeAll(() => startTexts());
afterEach(cleanup);

const names = (count: number) =>
  Array.from({ length: count }, (_, key) => ({ key, text: `shop/web:${key}` }));

test("all names are there; a long list is scrolled by the keyboard, too", () => {
  const { rerender } = render(<Names names={names(3)} />);
  expect(screen.getByRole("list", { name: "Selected items" }).tabIndex).toBe(-1);
  rerender(<Names names={names(100)} />);
  expect(screen.getAllByRole("listitem")).toHaveLength(100);
  expect(screen.getByRole("list").tabIndex).toBe(0);
});
