/** Who is signed in, what the server offers everybody, and what the signed-in person may do where. */

import {
  onlineManager,
  type QueryClient,
  queryOptions,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from "@tanstack/react-query";
import { ApiError, api, ask, data, postForm, type Schemas, whenRefused } from "~/api/client";
import { projectQuery } from "~/features/projects/queries";
import { clearNotices } from "~/ui/notify";
import { isEnded, setEnded } from "./ended";

export const systemInfoQuery = queryOptions({
  queryKey: ["systeminfo"],
  queryFn: () => data(api.GET("/systeminfo")),
  staleTime: 5 * 60_000,
});

type User = Schemas["UserResp"];

/** The signed-in user, or null for a visitor. Whose session ends stays who he was until he decides. */
export const currentUserQuery = queryOptions({
  queryKey: ["users", "current"],
  queryFn: async ({ client }): Promise<User | null> => {
    try {
      const before = client.getQueryData<User | null>(["users", "current"]);
      const user = await data(api.GET("/users/current"));
      setEnded(false);
      // Somebody else signed in, in another tab: what was read before is not for his eyes.
      if (before !== undefined && before?.user_id !== user.user_id)
        client.resetQueries({
          predicate: ({ queryKey: [what, which] }) => what !== "users" || which !== "current",
        });
      return user;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error;
      const before = client.getQueryData<User | null>(["users", "current"]);
      setEnded(Boolean(before));
      return before ?? null;
    }
  },
  staleTime: 60_000,
  // Asked even while all else waits for a session: it may have begun in another tab.
  networkMode: "always",
});

/** Looks, whenever the server takes a signed-in person for nobody, whether the session has ended. */
export function watchSession(queries: QueryClient): void {
  whenRefused(() => {
    const { queryKey } = currentUserQuery;
    // The browser may have found its network again meanwhile.
    if (isEnded()) onlineManager.setOnline(false);
    if (isEnded() || !queries.getQueryData(queryKey) || queries.isFetching({ queryKey }) > 0) return;
    queries.fetchQuery({ ...currentUserQuery, staleTime: 0 }).catch(() => {
      // Whoever asked has been told.
    });
  });
}

/** What the caller may do in a project, as `resource:action`. */
export function projectPermissionsQuery(project: string) {
  return queryOptions({
    queryKey: ["projects", project, "permissions"],
    queryFn: async ({ client }) => {
      const { project_id } = await client.fetchQuery(projectQuery(project));
      try {
        const found = await data(
          api.GET("/users/current/permissions", {
            params: { query: { scope: `/project/${project_id}`, relative: true } },
          }),
        );
        return new Set(found.map(({ resource, action }) => `${resource}:${action}`));
      } catch (error) {
        // A visitor has no list of his own: he may look at what is public, which the server checks.
        if (error instanceof ApiError && error.status === 401) return new Set(VISITOR);
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

/** What a visitor of a public project may see. */
const VISITOR = [
  "repository:list",
  "repository:read",
  "repository:pull",
  "artifact:list",
  "artifact:read",
  "tag:list",
  "accessory:list",
  "label:list",
  "artifact-addition:read",
];

export function useSystemInfo() {
  return useSuspenseQuery(systemInfoQuery).data;
}

export function useCurrentUser() {
  return useSuspenseQuery(currentUserQuery).data;
}

/** Whether this user may do everything: by a flag of his own, or by a group of his. */
export function isAdministrator(user: User | null): boolean {
  return Boolean(user?.sysadmin_flag || user?.admin_role_in_auth);
}

export function useIsAdmin(): boolean {
  return isAdministrator(useCurrentUser());
}

/** Whether the server lets this person make projects. */
export function useMayCreateProject(): boolean {
  const user = useCurrentUser();
  const isAdmin = useIsAdmin();
  const info = useSystemInfo();
  return isAdmin || (user !== null && info.project_creation_restriction !== "adminonly");
}

/** Tells whether an action may be offered: `can("tag", "delete")`. Nothing may until it is known. */
export function useCan(project: string): (resource: string, action: string) => boolean {
  const { data: allowed } = useQuery(projectPermissionsQuery(project));
  return (resource, action) => allowed?.has(`${resource}:${action}`) ?? false;
}

/** Begins a session and forgets what was read before it. */
export async function signIn(queries: QueryClient, principal: string, password: string): Promise<void> {
  await postForm("/c/login", { principal, password });
  await forget(queries);
}

/** Begins a session anew where one works, which keeps what is on the screen. */
export async function resume(queries: QueryClient, principal: string, password: string): Promise<void> {
  await postForm("/c/login", { principal, password });
  setEnded(false);
  await queries.invalidateQueries();
}

/** Forgets all that was read in a session. */
export async function forget(queries: QueryClient): Promise<void> {
  clearNotices();
  await queries.cancelQueries();
  queries.clear();
  setEnded(false);
}

/** Ends the session and forgets all that was read in it. Where that fails it throws, and all stays as it is. */
export function useSignOut(): () => Promise<void> {
  const queries = useQueryClient();
  return () => signOut(queries);
}

/** What was asked for is answered before the session ends, and nothing more is asked for: it would be refused. */
export async function signOut(queries: QueryClient): Promise<void> {
  onlineManager.setOnline(false);
  try {
    for (let tries = 0; tries < 20 && queries.isFetching() > 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await ask("/c/log_out");
    await forget(queries);
  } finally {
    onlineManager.setOnline(true);
  }
}
