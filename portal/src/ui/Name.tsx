/** A name as machines give them: a line of it ends after a sign that parts it, and not within a digest or a word. */

/** So long a part, a short digest among them, stays in one line; longer ones break where they have to. */
const SHORT = 24;

export function Name({ text }: { text: string }) {
  const parts = text.split(/(?<=[/@:.+])/);
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other key
    <span key={index}>
      {index > 0 && <wbr />}
      {part.length > SHORT ? part : <span style={{ whiteSpace: "nowrap" }}>{part}</span>}
    </span>
  ));
}
