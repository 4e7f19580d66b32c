/** Which scanner a project uses. */

import {
  Button,
  Card,
  CardBody,
  CardFooter,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Flex,
  Label,
} from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCan, useIsAdmin } from "~/app/session";
import { Alert } from "~/ui/patternfly/Alert";
import { Empty, Failed, Loading } from "~/ui/states";
import { ChooseScanner } from "./ChooseScanner";
import { Health, Product } from "./Health";
import { projectScannerQuery, type Scanner } from "./queries";

export default function ProjectScannerPage() {
  const { t } = useTranslation("scanners");
  const { project } = useParams({ from: "/shell/projects/$project" });
  const isAdmin = useIsAdmin();
  const { data: scanner, error, refetch } = useQuery(projectScannerQuery(project));
  if (error) return <Failed error={error} retry={refetch} />;
  if (scanner === undefined) return <Loading />;
  if (scanner === null) {
    return (
      <Empty title={t("none")} actions={isAdmin && <Link to="/admin/scanners">{t("toScanners")}</Link>}>
        {t(isAdmin ? "noneText" : "askAdmin")}
      </Empty>
    );
  }
  return <Used project={project} scanner={scanner} />;
}

function Used({ project, scanner }: { project: string; scanner: Scanner }) {
  const { t } = useTranslation(["scanners", "common"]);
  const can = useCan(project);
  const [choosing, setChoosing] = useState(false);
  return (
    <Card isCompact style={{ maxWidth: "52rem" }}>
      <CardTitle component="h2">
        <Flex gap={{ default: "gapSm" }}>
          {scanner.name}
          {scanner.is_default && (
            <Label isCompact color="blue">
              {t("default")}
            </Label>
          )}
        </Flex>
      </CardTitle>
      <CardBody>
        <DescriptionList isHorizontal isCompact horizontalTermWidthModifier={{ default: "9rem" }}>
          {scanner.description && <Fact term={t("common:description")}>{scanner.description}</Fact>}
          <Fact term={t("health.label")}>
            <Health scanner={scanner} />
          </Fact>
          <Fact term={t("product")}>
            <Product scanner={scanner} />
          </Fact>
          <Fact term={t("url")}>
            <code>{scanner.url}</code>
          </Fact>
        </DescriptionList>
        {scanner.health !== "healthy" && (
          <Alert isInline isPlain variant="warning" title={t("health.text")} className="minato-gap" />
        )}
      </CardBody>
      <CardFooter>
        {can("scanner", "create") && (
          <Button variant="secondary" onClick={() => setChoosing(true)}>
            {t("choose.title")}
          </Button>
        )}
      </CardFooter>
      {choosing && (
        <ChooseScanner project={project} current={scanner.uuid} close={() => setChoosing(false)} />
      )}
    </Card>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
