/** The labels that one project has for itself. */

import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useCan } from "~/app/session";
import { projectQuery } from "~/features/projects/queries";
import { Labels } from "./Labels";

export default function ProjectLabels() {
  const { project: name } = useParams({ from: "/shell/projects/$project" });
  const can = useCan(name);
  const { data: project } = useSuspenseQuery(projectQuery(name));
  return (
    <Labels
      scope={{ scope: "p", project_id: project.project_id }}
      may={{
        create: can("label", "create"),
        update: can("label", "update"),
        delete: can("label", "delete"),
      }}
    />
  );
}
