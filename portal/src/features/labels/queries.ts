/** What the pages of labels read and change. */

import { queryOptions } from "@tanstack/react-query";
import { api, page, type Schemas } from "~/api/client";
import type { ListState } from "~/ui/list-state";

export type Label = Schemas["Label"];

/** Whose labels: everybody's (`g`), or one project's (`p`). */
export type Scope = { scope: "g" } | { scope: "p"; project_id: number };

export function labelsQuery(scope: Scope, { query }: ListState) {
  return queryOptions({
    queryKey: ["labels", scope, query],
    queryFn: () => page(api.GET("/labels", { params: { query: { ...query, ...scope } } })),
    placeholderData: (before) => before,
  });
}

export function createLabel(body: Label) {
  return api.POST("/labels", { body });
}

export function updateLabel(id: number, body: Label) {
  return api.PUT("/labels/{label_id}", { params: { path: { label_id: id } }, body });
}

export function deleteLabel(id: number) {
  return api.DELETE("/labels/{label_id}", { params: { path: { label_id: id } } });
}
