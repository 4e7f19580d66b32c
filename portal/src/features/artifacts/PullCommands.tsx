/** How an artifact is pulled, by its tag and by its digest, for the tool that one has. */

import { Card, CardBody, CardTitle, Flex, ToggleGroup, ToggleGroupItem } from "@patternfly/react-core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "~/app/preferences";
import { isRunnable, PULL_TOOLS, pullCommand, toolNames } from "~/features/repositories/commands";
import { useRegistry } from "~/features/repositories/use-registry";
import { Copy } from "~/ui/Copy";
import { isIndex } from "./kind";
import type { Artifact, Place } from "./queries";

export function PullCommands({
  place,
  reference,
  artifact,
}: {
  place: Place;
  reference: string;
  artifact: Artifact;
}) {
  const { t } = useTranslation("artifacts");
  const { runtime, commands } = usePreferences();
  const registry = useRegistry();
  const id = useId();
  const [tool, setTool] = useState(runtime);
  const tools = [...PULL_TOOLS, ...commands];
  const names = toolNames(tools);
  const command = (by: string) =>
    pullCommand(tool, registry, {
      type: artifact.type,
      mediaType: artifact.media_type,
      repository: `${place.project}/${place.repository}`,
      reference: by,
      isIndex: isIndex(artifact),
    });
  const named = reference.includes(":") ? undefined : reference;
  const tag = named ?? artifact.tags?.[0]?.name;
  return (
    <Card isCompact>
      <CardTitle component="h3">
        <Flex
          justifyContent={{ default: "justifyContentSpaceBetween" }}
          alignItems={{ default: "alignItemsCenter" }}
        >
          <span>{t("overview.pull")}</span>
          {isRunnable({ type: artifact.type, mediaType: artifact.media_type }) && (
            <ToggleGroup isCompact aria-label={t("overview.tool")}>
              {tools.map((one, index) => (
                <ToggleGroupItem
                  key={one}
                  buttonId={`${id}-${index}`}
                  text={names[index]}
                  aria-label={one}
                  title={one}
                  isSelected={one === tool}
                  onChange={() => setTool(one)}
                />
              ))}
            </ToggleGroup>
          )}
        </Flex>
      </CardTitle>
      <CardBody>
        {tag && <Copy text={command(tag)} label={t("overview.byTag")} />}
        <div style={{ marginBlockStart: "0.5rem" }}>
          <Copy text={command(artifact.digest)} label={t("overview.byDigest")} />
        </div>
      </CardBody>
    </Card>
  );
}
