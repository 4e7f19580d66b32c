/** A bar of parts: what is used of what there is. Colours are the theme's; the words stand beside it. */

export interface BarPart {
  /** A share of the whole, 0 to 1. */
  share: number;
  colour: string;
}

export function Bar({ parts, label }: { parts: BarPart[]; label: string }) {
  return (
    <div
      role="img"
      aria-label={label}
      style={{
        display: "flex",
        height: "0.75rem",
        overflow: "hidden",
        borderRadius: "var(--pf-t--global--border--radius--small)",
        background: "var(--pf-t--global--background--color--secondary--default)",
        outline: "1px solid var(--pf-t--global--border--color--default)",
      }}
    >
      {parts.map(({ share, colour }) => (
        <div
          key={colour}
          style={{
            width: `${Math.min(1, share) * 100}%`,
            // However little it is, it is something.
            minWidth: share > 0 ? "3px" : 0,
            background: colour,
          }}
        />
      ))}
    </div>
  );
}
