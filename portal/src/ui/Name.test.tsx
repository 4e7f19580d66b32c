import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { Name } from "./Name";

afterEach(cleanup);

/** What stays in one line, and what may break. */
function show(text: string) {
  const { container } = render(<Name text={text} />);
  expect(container.textContent).toBe(text);
  return {
    kept: [...container.querySelectorAll<HTMLElement>("span[style]")].map(({ textContent }) => textContent),
    breaks: container.querySelectorAll("wbr").length,
  };
}

it("breaks after the signs that part it", () => {
  expect(show("application/spdx+json")).toEqual({ kept: ["application/", "spdx+", "json"], breaks: 2 });
  expect(show("many@sha256:72b853db1eef").kept).toEqual(["many@", "sha256:", "72b853db1eef"]);
  expect(show("web")).toEqual({ kept: ["web"], breaks: 0 });
  expect(show("")).toEqual({ kept: [""], breaks: 0 });
});

it("lets a long part break anywhere", () => {
  const hash = "0".repeat(64);
  expect(show(`sha256:${hash}`)).toEqual({ kept: ["sha256:"], breaks: 1 });
});
