/** Text that users wrote in Markdown, made safe: no script, no style, no foreign picture. */

import DOMPurify from "dompurify";
import { marked } from "marked";
import { useMemo } from "react";

const purify = DOMPurify();
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "A") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  }
  // An address of ours would be asked with the reader's session: `/c/log_out` ends it.
  if (node.tagName === "IMG" && !/^data:image\//i.test(node.getAttribute("src") ?? ""))
    node.removeAttribute("src");
});

export function renderMarkdown(text: string): string {
  return purify.sanitize(marked.parse(text, { async: false, gfm: true }), {
    USE_PROFILES: { html: true },
    FORBID_TAGS: [
      "style",
      "form",
      "input",
      "button",
      "textarea",
      "select",
      "video",
      "audio",
      "picture",
      "source",
    ],
    FORBID_ATTR: ["style", "id", "class", "srcset", "background"],
  });
}

export default function Markdown({ text }: { text: string }) {
  const html = useMemo(() => renderMarkdown(text), [text]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: it was sanitised right above
  return <div className="minato-markdown pf-v6-c-content" dangerouslySetInnerHTML={{ __html: html }} />;
}
