/** A thin bar under or beside a figure: how large it is among others. The figure itself says it in words. */
export function ShareBar({ share }: { share: number }) {
  return (
    <div
      aria-hidden="true"
      style={{
        width: `${Math.max(1, share * 100)}%`,
        height: "4px",
        borderRadius: "2px",
        background: "var(--pf-t--global--color--brand--default)",
      }}
    />
  );
}
