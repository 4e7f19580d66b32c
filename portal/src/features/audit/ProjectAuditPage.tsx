/** Who did what in a project. */

import { useParams } from "@tanstack/react-router";
import { AuditLog } from "./AuditLog";

export default function ProjectAuditPage() {
  const { project } = useParams({ from: "/shell/projects/$project" });
  return <AuditLog project={project} />;
}
