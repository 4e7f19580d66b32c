/** The robots of one project. */

import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useCan } from "~/app/session";
import { projectQuery } from "~/features/projects/queries";
import { Robots } from "./Robots";

export default function ProjectRobots() {
  const { project: name } = useParams({ from: "/shell/projects/$project" });
  const can = useCan(name);
  const { data: project } = useSuspenseQuery(projectQuery(name));
  return (
    <Robots
      project={{ id: project.project_id, name }}
      may={{
        create: can("robot", "create"),
        update: can("robot", "update"),
        delete: can("robot", "delete"),
      }}
    />
  );
}
