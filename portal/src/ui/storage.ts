/** What this browser keeps for us, where it lets us: it may refuse to, and then nothing is kept. */

type Which = "localStorage" | "sessionStorage";

export function kept(name: string, which: Which = "localStorage"): string | null {
  try {
    return window[which].getItem(name);
  } catch {
    return null;
  }
}

export function keep(name: string, text: string, which: Which = "localStorage"): void {
  try {
    window[which].setItem(name, text);
  } catch {
    // It holds until the page is left.
  }
}
