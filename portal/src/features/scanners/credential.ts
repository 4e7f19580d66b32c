/** How a scanner knows the registry, as the form has it and as the API takes it. */

export const AUTHS = ["", "Basic", "Bearer", "APIKey"] as const;
export type Auth = (typeof AUTHS)[number];

export interface Credential {
  auth: Auth;
  /** For `Basic` only. */
  username: string;
  /** The password, token or key. */
  secret: string;
}

/** The credential in the API's form; empty for none, and to keep the one that is known. */
export function credentialOf({ auth, username, secret }: Credential): string {
  if (!auth || !secret) return "";
  return auth === "Basic" ? `${username}:${secret}` : secret;
}

export type Problem = "needed" | "colon" | null;

/** What is wrong with it. `kept` says that the one that is known may stay. */
export function problemOf({ auth, username, secret }: Credential, kept: boolean): Problem {
  if (!auth) return null;
  if (auth === "Basic" && username.includes(":")) return "colon";
  const isEmpty = !secret && (auth !== "Basic" || !username);
  if (isEmpty && kept) return null;
  return secret && (auth !== "Basic" || username) ? null : "needed";
}
