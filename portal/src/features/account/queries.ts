/** What the pages of one's own account read and change. */

import { queryOptions } from "@tanstack/react-query";
import { api, postForm, type Schemas } from "~/api/client";

/** Whether an account has this name or mail address already. */
export function takenQuery(target: "username" | "email", value: string) {
  return queryOptions({
    queryKey: ["userExists", target, value],
    queryFn: async (): Promise<boolean> =>
      (await (await postForm("/c/userExists", { target, value })).json()) === true,
    staleTime: 30_000,
  });
}

export function signUp(body: Schemas["UserCreationReq"]) {
  return api.POST("/users", { body });
}

export function saveProfile(id: number, body: Schemas["UserProfile"]) {
  return api.PUT("/users/{user_id}", { params: { path: { user_id: id } }, body });
}

export function changePassword(id: number, body: Schemas["PasswordReq"]) {
  return api.PUT("/users/{user_id}/password", { params: { path: { user_id: id } }, body });
}

/** The version of the API, which the server tells outside of it. */
export const apiVersionQuery = queryOptions({
  queryKey: ["api", "version"],
  queryFn: async (): Promise<string> => {
    const answer: unknown = await (await fetch("/api/version")).json();
    const version = typeof answer === "object" && answer !== null && "version" in answer && answer.version;
    return typeof version === "string" ? version : "";
  },
  staleTime: Number.POSITIVE_INFINITY,
});
