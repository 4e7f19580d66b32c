/** A text as it was written. */

export function Source({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className="minato-log" tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}
