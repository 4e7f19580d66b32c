/** What is known of something: names and values, one to a line; what is not known is left out. */

import type { ReactNode } from "react";

export type Fact = [name: string, value: ReactNode];

export function isTold([, value]: Fact): boolean {
  return value !== null && value !== undefined && value !== "" && value !== false;
}

export function FactList({ facts, terms = "11rem" }: { facts: Fact[]; terms?: string }) {
  return (
    <dl
      style={{
        display: "grid",
        gridTemplateColumns: `minmax(5rem, ${terms}) minmax(0, 1fr)`,
        gap: "0.4rem 1rem",
        margin: 0,
        overflowWrap: "anywhere",
      }}
    >
      {facts.filter(isTold).map(([name, value]) => (
        <div key={name} style={{ display: "contents" }}>
          <dt style={{ fontWeight: 600 }}>{name}</dt>
          <dd style={{ margin: 0 }}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
