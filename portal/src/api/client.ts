/** The one way to the server: typed by its own description, with the token that proves the call is ours. */

import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const CSRF_HEADER = "X-Harbor-CSRF-Token";
let csrfToken = "";

/** What the server refused, or that it could not be reached. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The first error's code, such as `NOT_FOUND`. */
    readonly code: string,
    message: string,
    /** By which the server's log knows the request. */
    readonly requestId: string | null,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

let refused = () => {};

/** What to do when the server says that nobody is signed in. */
export function whenRefused(action: () => void): void {
  refused = action;
}

/** Remembers the newest token of any answer. */
function remember(response: Response): void {
  csrfToken = response.headers.get(CSRF_HEADER) ?? csrfToken;
}

async function errorOf(response: Response): Promise<ApiError> {
  if (response.status === 401) refused();
  const text = await response.text();
  let code = "UNKNOWN";
  let message = text || response.statusText;
  try {
    const first = JSON.parse(text).errors?.[0];
    code = first?.code ?? code;
    message = first?.message || message;
  } catch {
    // A proxy between us and the server answers in a form of its own.
  }
  return new ApiError(response.status, code, message, response.headers.get("X-Request-Id"));
}

const middleware: Middleware = {
  onRequest({ request, schemaPath }) {
    // The server would take a name of digits for a number.
    if (schemaPath.startsWith("/projects/{project_name}/")) request.headers.set("X-Is-Resource-Name", "true");
    // Empty, it asks for one.
    if (!csrfToken || !["GET", "HEAD"].includes(request.method)) request.headers.set(CSRF_HEADER, csrfToken);
    request.headers.set("Accept", "application/json, text/plain, */*");
    return request;
  },
  async onResponse({ response }) {
    remember(response);
    if (!response.ok) throw await errorOf(response);
    return response;
  },
  onError({ error }) {
    return error instanceof ApiError ? error : new ApiError(0, "UNREACHABLE", String(error), null);
  },
};

export const api = createClient<paths>({ baseUrl: "/api/v2.0" });
api.use(middleware);

interface Answer<T> {
  data?: T;
  response: Response;
}

/** The body of an answer. Errors were thrown before. */
export async function data<T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> {
  return (await call).data as NonNullable<T>;
}

/** The body of an answer that was asked for as text; an empty one is read as nothing at all. */
export async function content(call: Promise<Answer<string>>): Promise<string> {
  return (await call).data ?? "";
}

/** A page of a list and how many entries the whole list has. */
export interface Page<T> {
  items: T[];
  total: number;
}

/** A page of a list, with the total that the server tells in a header. */
export async function page<T>(call: Promise<Answer<T[]>>): Promise<Page<T>> {
  const { data: items, response } = await call;
  return { items: items ?? [], total: Number(response.headers.get("X-Total-Count") ?? items?.length ?? 0) };
}

/** The number at the end of a `Location` header: the id of what was made. */
export async function createdId(call: Promise<Answer<unknown>>): Promise<number> {
  const location = (await call).response.headers.get("Location") ?? "";
  return Number(location.slice(location.lastIndexOf("/") + 1));
}

/** Asks for what the API's description does not have. */
export async function ask(path: string, request?: RequestInit): Promise<Response> {
  const response = await fetch(path, request).catch((error: unknown) => {
    throw new ApiError(0, "UNREACHABLE", String(error), null);
  });
  remember(response);
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** A text such as a job's log. */
export async function text(path: string): Promise<string> {
  const headers = { Accept: "text/plain", "X-Is-Resource-Name": "true" };
  return (await ask(`/api/v2.0${path}`, { headers })).text();
}

/** A form for `/c/`, to sign in. The server gives a token with any answer, so it is asked first. */
export async function postForm(path: string, fields: Record<string, string>): Promise<Response> {
  if (!csrfToken) remember(await fetch("/api/v2.0/systeminfo", { headers: { [CSRF_HEADER]: "" } }));
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded", [CSRF_HEADER]: csrfToken },
    body: new URLSearchParams(fields),
  });
}

/**
 * A repository's name without its project, as a path takes it: encoded once here and once more by the
 * client, as slashes need (Harbor's convention).
 */
export function repositoryParam(name: string): string {
  return name.includes("/") ? encodeURIComponent(name) : name;
}

/** Says that a project is meant by its name even if that looks like a number. */
export const BY_NAME = { "X-Is-Resource-Name": true } as const;
