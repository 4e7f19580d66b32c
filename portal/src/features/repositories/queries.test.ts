import { expect, it } from "vitest";
import { plainDescription, shortName } from "./queries";

it("gives back what was written, and that once only", () => {
  expect(plainDescription({ description: "a &lt;b&gt; &amp;lt; &#34;c&#34; &#39;d&#39;" })).toBe(
    "a <b> &lt; \"c\" 'd'",
  );
  expect(plainDescription({})).toBe("");
});

it("takes the project off a repository's name", () => {
  expect(shortName("shop/base/web")).toBe("base/web");
});
