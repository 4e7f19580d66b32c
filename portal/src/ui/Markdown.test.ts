import { describe, expect, it } from "vitest";
import { renderMarkdown } from "./Markdown";

describe("renderMarkdown", () => {
  it("renders what Markdown is for", () => {
    const html = renderMarkdown("# Title\n\n- **a** `b`\n\n| x |\n|---|\n| y |");
    expect(html).toContain("<h1>Title</h1>");
    expect(html).toContain("<strong>a</strong> <code>b</code>");
    expect(html).toContain("<td>y</td>");
  });

  it.each([
    ["a script", "<script>alert(1)</script>"],
    ["a handler", '<img src="x" onerror="alert(1)">'],
    ["a script in an address", "[x](javascript:alert(1))"],
    ["a script in a written address", '<a href="jAvAsCript:alert(1)">x</a>'],
    ["a frame", '<iframe src="https://example.com"></iframe>'],
    [
      "a drawing with a script",
      '<svg><script>alert(1)</script><a xlink:href="javascript:alert(1)">x</a></svg>',
    ],
    ["an object", '<object data="x"></object><embed src="x">'],
    ["data as a page", '<a href="data:text/html,<script>alert(1)</script>">x</a>'],
    ["a base", '<base href="https://example.com/">'],
  ])("drops %s", (_, text) => {
    const html = renderMarkdown(text).toLowerCase();
    for (const part of [
      "<script",
      "onerror",
      "javascript:",
      "<iframe",
      "<object",
      "<embed",
      "data:text",
      "<base",
    ]) {
      expect(html).not.toContain(part);
    }
  });

  it("drops styles, names and forms, which could imitate the console", () => {
    const html = renderMarkdown(
      '<p style="position:fixed" id="root" class="pf-v6-c-modal">x</p><form action="/c/login"><input name="a"><button>b</button></form><style>*{}</style>',
    );
    expect(html).not.toMatch(/style|id=|class=|<form|<input|<button/);
  });

  it("opens links elsewhere, without telling where from", () => {
    expect(renderMarkdown("[x](https://example.com)")).toContain(
      'href="https://example.com" target="_blank" rel="noopener noreferrer nofollow"',
    );
  });
});
