/** Teaches a push: the commands for the tool that one has, ready to copy. */

import { Button, Content, Popover, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { useSystemInfo } from "~/app/session";
import { Copy } from "~/ui/Copy";
import { isPushTool, PUSH_TOOLS, type PushTool, pushSteps } from "./commands";
import { useRegistry } from "./use-registry";

export function PushCommands({
  project,
  repository,
  isCentred,
}: {
  project: string;
  repository?: string;
  /** Stands by itself in the middle of a page. */
  isCentred?: boolean;
}) {
  const { t } = useTranslation("repositories");
  const { runtime } = usePreferences();
  const registry = useRegistry();
  const { has_ca_root: hasCertificate } = useSystemInfo();
  const [tool, setTool] = useState<PushTool>(isPushTool(runtime) ? runtime : "docker");
  return (
    <div style={isCentred ? { maxInlineSize: "46rem", marginInline: "auto" } : undefined}>
      <ToggleGroup isCompact aria-label={t("push.tool")}>
        {PUSH_TOOLS.map((one) => (
          <ToggleGroupItem
            key={one}
            buttonId={`push-${one}`}
            text={one}
            isSelected={one === tool}
            onChange={() => setTool(one)}
          />
        ))}
      </ToggleGroup>
      {pushSteps(tool, registry, project, repository).map(({ key, command }) => (
        <div key={key} className="minato-gap">
          <div>{t(`push.${key}`)}</div>
          <Copy text={command} label={t(`push.${key}`)} />
        </div>
      ))}
      <Content component="small" className="minato-gap">
        {t("push.replace")}
        {registry.plain && tool === "docker" && <> {t("push.plain", { host: registry.host })}</>}
        {hasCertificate && (
          <>
            {" "}
            <a href="/api/v2.0/systeminfo/getcert" download>
              {t("push.certificate")}
            </a>
          </>
        )}
      </Content>
    </div>
  );
}

export function PushButton({ project, repository }: { project: string; repository?: string }) {
  const { t } = useTranslation(["repositories", "common"]);
  return (
    <Popover
      aria-label={t("push.title")}
      // Its own header would be a second banner of the page.
      bodyContent={
        <>
          <h2 className="pf-v6-c-popover__title-text">{t("push.title")}</h2>
          <PushCommands project={project} repository={repository} />
        </>
      }
      closeBtnAriaLabel={t("common:close")}
      position="bottom-end"
      minWidth="min(48rem, 90vw)"
      maxWidth="min(48rem, 90vw)"
    >
      <Button variant="secondary">{t("push.title")}</Button>
    </Popover>
  );
}
