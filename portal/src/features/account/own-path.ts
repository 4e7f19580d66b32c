/** A path of this console: whatever else an address says, it does not lead away. */
export function ownPath(next: unknown): string {
  const path = typeof next === "string" ? next : "/projects";
  // Browsers drop tabs and line ends from addresses, and take `\` for `/`.
  const isOwn = /^\/(?![/\\])/.test(path) && !/[\t\n\r]/.test(path);
  return isOwn && !path.startsWith("/account/sign-") ? path : "/projects";
}
