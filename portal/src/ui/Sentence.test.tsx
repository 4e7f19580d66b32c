import { render } from "@testing-library/react";
import { expect, test } from "vitest";
import { Sentence } from "./Sentence";

test("parts stand where the text has their names, and nothing else is read as a tag", () => {
  const { container } = render(<Sentence text="<size/> of <b>it</b>, <size />" parts={{ size: <i>3</i> }} />);
  expect(container.innerHTML).toBe("<i>3</i> of &lt;b&gt;it&lt;/b&gt;, <i>3</i>");
});
