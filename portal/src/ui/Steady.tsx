/** A text that changes while what is beside it stays: it takes the room of the longest that it may become. */

export function Steady({ text, others }: { text: string; others: string[] }) {
  return (
    <span style={{ display: "inline-grid" }}>
      <span style={{ gridArea: "1 / 1" }}>{text}</span>
      {others.map((other) => (
        <span key={other} aria-hidden="true" style={{ gridArea: "1 / 1", visibility: "hidden" }}>
          {other}
        </span>
      ))}
    </span>
  );
}
