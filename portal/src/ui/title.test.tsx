import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { useTitle } from "./title";

function Titled({ level, text }: { level: "page" | "part" | "tab"; text: string }) {
  useTitle(level, text);
  return null;
}

afterEach(cleanup);

test("a title tells all that is open, and goes with it", () => {
  const shown = (tab: string) => (
    <>
      <Titled level="tab" text={tab} />
      <Titled level="part" text="Members" />
      <Titled level="page" text="shop" />
    </>
  );
  const { rerender } = render(shown("Groups"));
  expect(document.title).toBe("Groups · Members · shop · Minato");
  rerender(shown(""));
  expect(document.title).toBe("Members · shop · Minato");
  rerender(<Titled level="page" text="Projects" />);
  expect(document.title).toBe("Projects · Minato");
});
