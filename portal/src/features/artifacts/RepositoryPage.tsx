/** One repository: its artifacts, and what it is for. */

import { DropdownItem, DropdownList } from "@patternfly/react-core";
import EllipsisVIcon from "@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan } from "~/app/session";
import { DeleteRepositories } from "~/features/repositories/DeleteRepositories";
import { PushButton } from "~/features/repositories/PushCommands";
import { type Repository, repositoryQuery } from "~/features/repositories/queries";
import { RepositoryFacts } from "~/features/repositories/RepositoryFacts";
import { useUndo } from "~/features/undo/use-undo";
import { AddressTabs } from "~/ui/AddressTabs";
import { Menu } from "~/ui/Menu";
import { useNotify } from "~/ui/notify";
import { Failed } from "~/ui/states";
import { ArtifactTable } from "./ArtifactTable";
import { Head } from "./Head";
import type { Place } from "./queries";

const RepositoryInfo = lazy(() => import("./RepositoryInfo"));

export default function RepositoryPage() {
  const { t } = useTranslation("artifacts");
  const place = useParams({ from: "/shell/projects/$project/repositories/$repository" });
  const can = useCan(place.project);
  const { data: repository, error, refetch } = useQuery(repositoryQuery(place.project, place.repository));
  return (
    <div>
      <Head
        place={place}
        title={place.repository}
        subtitle={repository && <RepositoryFacts repository={repository} />}
        actions={
          <>
            {can("repository", "push") && (
              <PushButton project={place.project} repository={place.repository} />
            )}
            {repository && can("repository", "delete") && <More place={place} repository={repository} />}
          </>
        }
      />
      {error && !repository ? (
        <Failed error={error} retry={refetch} />
      ) : (
        <AddressTabs
          key={`${place.project}/${place.repository}`}
          label={t("partsOfRepository")}
          tabs={[
            { key: "artifacts", title: t("title"), content: <ArtifactTable place={place} /> },
            { key: "info", title: t("info.title"), content: <RepositoryInfo place={place} /> },
          ]}
        />
      )}
    </div>
  );
}

function More({ place, repository }: { place: Place; repository: Repository }) {
  const { t } = useTranslation(["artifacts", "common", "repositories"]);
  const [deleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const notify = useNotify();
  const undo = useUndo(place.project);
  const settled = (gone: Repository[]) => {
    if (gone.length === 0) return;
    notify.success(t("repositories:delete.done", { count: 1 }), undo.action);
    navigate({ to: "/projects/$project/repositories", params: { project: place.project } });
    queries.invalidateQueries({ queryKey: ["repositories", place.project, "list"] });
    queries.invalidateQueries({ queryKey: ["projects"] });
  };
  return (
    <>
      <Menu
        popperProps={{ position: "right" }}
        button={{
          variant: "plain",
          "aria-label": t("common:table.actionsOf", { name: place.repository }),
          icon: <EllipsisVIcon />,
        }}
      >
        <DropdownList>
          <DropdownItem isDanger onClick={() => setDeleting(true)}>
            {t("common:delete")}
          </DropdownItem>
        </DropdownList>
      </Menu>
      {deleting && (
        <DeleteRepositories
          project={place.project}
          repositories={[repository]}
          settled={settled}
          close={() => setDeleting(false)}
        />
      )}
    </>
  );
}
