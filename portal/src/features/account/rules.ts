/** The server's rules for what people say of themselves. */

/** Each rule of a password: its name and whether it is kept. */
export const PASSWORD_RULES = [
  ["length", (text: string) => [...text].length >= 8 && [...text].length <= 128],
  ["upper", (text: string) => /[A-Z]/.test(text)],
  ["lower", (text: string) => /[a-z]/.test(text)],
  ["digit", (text: string) => /[0-9]/.test(text)],
] as const;

export function isGoodPassword(text: string): boolean {
  return PASSWORD_RULES.every(([, isKept]) => isKept(text));
}

function isBetween(text: string, least: number, most: number): boolean {
  const length = [...text].length;
  return length >= least && length <= most;
}

export function isUsername(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is forbidden
  return text.trim() === text && isBetween(text, 1, 255) && !/[,"~#%$:\u0000-\u001f\u007f-\u009f]/.test(text);
}

export function isEmail(text: string): boolean {
  return /^[^@\s#]+@[^\s#]+$/.test(text) && isBetween(text, 3, 255);
}

export function isRealname(text: string): boolean {
  return isBetween(text, 1, 255) && !/[,"~#%$]/.test(text);
}

export const MAX_COMMENT = 30;

export function isComment(text: string): boolean {
  return isBetween(text, 0, MAX_COMMENT);
}
