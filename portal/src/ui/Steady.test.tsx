import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Steady } from "./Steady";

it("is called by what it says now, whatever it keeps room for", () => {
  render(
    <button type="button">
      <Steady text="For 2 selected" others={["Actions", "For 100 selected"]} />
    </button>,
  );
  expect(screen.getByRole("button", { name: "For 2 selected" })).toBeDefined();
});
