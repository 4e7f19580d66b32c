/**
 * Patterns that choose repositories and tags, read as the server reads them: `*` and `?` stay inside one part of
 * a path, `**` crosses parts, `{a,b}` is either, `[a-z]` one of a class, `\` takes a meaning away.
 */

/** What `**` means at the beginning, at the end and between two parts. */
const PREFIX = "(?:/?|.*/)";
const SUFFIX = "/.*";
const BETWEEN = "(?:/|/.*/)";
const INSIDE = "[^/]*";

const POSIX: Record<string, string> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  digit: "0-9",
  lower: "a-z",
  upper: "A-Z",
  xdigit: "0-9A-Fa-f",
};

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** Reads a pattern; what is open is a list of branches, each a list of pieces of a regular expression. */
class Reader {
  private readonly text: string[];
  private at = 0;
  private readonly branches: string[][] = [[]];
  private readonly open: number[] = [];

  constructor(pattern: string) {
    this.text = [...pattern];
  }

  /** The regular expression's source, or null where the pattern is not one. */
  read(): string | null {
    while (this.at < this.text.length) {
      if (!this.step(this.text[this.at++] ?? "")) return null;
    }
    return this.open.length ? null : (this.branches[0]?.join("") ?? "");
  }

  private push(piece: string): true {
    this.branches.at(-1)?.push(piece);
    return true;
  }

  private step(char: string): boolean {
    switch (char) {
      case "?":
        return this.push("[^/]");
      case "*":
        return this.star();
      case "[":
        return this.set();
      case "{":
        this.open.push(this.branches.length);
        this.branches.push([]);
        return true;
      case "}":
        return this.closed();
      case ",":
        if (!this.open.length) return this.push(",");
        this.branches.push([]);
        return true;
      case "\\":
        return this.at < this.text.length && this.push(literal(this.text[this.at++] ?? ""));
      default:
        return this.push(literal(char));
    }
  }

  private closed(): boolean {
    const start = this.open.pop();
    if (start === undefined) return false;
    const parts = this.branches.splice(start).map((branch) => branch.join(""));
    return this.push(`(?:${parts.join("|")})`);
  }

  private star(): boolean {
    const before = this.text[this.at - 2];
    if (this.text[this.at] !== "*") return this.push(INSIDE);
    this.at += 1;
    const next = this.text[this.at];
    const pieces = this.branches.at(-1) ?? [];
    if (!pieces.length) {
      if (next !== undefined && next !== "/") return this.push(INSIDE);
      this.at += 1;
      return this.push(PREFIX);
    }
    const ends = next === undefined || ((next === "," || next === "}") && this.open.length > 0);
    if (before !== "/" || !(ends || next === "/")) return this.push(INSIDE);
    if (!ends) this.at += 1;
    const last = pieces.pop();
    return this.push(last === PREFIX || last === SUFFIX ? last : ends ? SUFFIX : BETWEEN);
  }

  private set(): boolean {
    const negated = this.text[this.at] === "!" || this.text[this.at] === "^";
    if (negated) this.at += 1;
    const end = this.text.indexOf("]", this.at + 1);
    if (end < 0) return false;
    let body = this.text.slice(this.at, end).join("");
    const named = /^\[:([a-z]+):$/.exec(body);
    if (named && this.text[end + 1] === "]" && POSIX[named[1] ?? ""]) {
      this.at = end + 2;
      return this.push(`[${negated ? "^/" : ""}${POSIX[named[1] ?? ""]}]`);
    }
    this.at = end + 1;
    if (isBackwards(body)) return false;
    body = body.replace(/[\\\]^[]/g, "\\$&");
    // A class never stands for a slash.
    return this.push(negated ? `[^/${body}]` : `(?!/)[${body}]`);
  }
}

function isBackwards(body: string): boolean {
  return [...body.matchAll(/([^-])-(.)/g)].some(([, from = "", to = ""]) => from > to);
}

const known = new Map<string, RegExp | null>();

/** The regular expression of a pattern, or null where it is none. */
export function compile(pattern: string): RegExp | null {
  let found = known.get(pattern);
  if (found === undefined) {
    const read = new Reader(pattern).read();
    // Alone, `**` is everything, the empty text included.
    const source = read === PREFIX ? ".*" : read;
    try {
      found = source === null ? null : new RegExp(`^(?:${source})$`, "su");
    } catch {
      found = null;
    }
    if (known.size > 500) known.clear();
    known.set(pattern, found);
  }
  return found;
}

export function isPattern(pattern: string): boolean {
  return pattern !== "" && compile(pattern) !== null;
}

export function matches(pattern: string, text: string): boolean {
  return compile(pattern)?.test(text) ?? false;
}

/** `a,b` as people write it is `{a,b}`: neither names of repositories nor tags have commas. */
export function normalise(text: string): string {
  const pattern = text.trim();
  let depth = 0;
  for (const char of pattern) {
    if (char === "{" || char === "[") depth += 1;
    if (char === "}" || char === "]") depth -= 1;
    if (char === "," && depth === 0) {
      const parts = pattern.split(",").map((part) => part.trim());
      return `{${parts.filter(Boolean).join(",")}}`;
    }
  }
  return pattern;
}
