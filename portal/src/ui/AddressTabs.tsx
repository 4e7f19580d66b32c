/** Tabs within a page; which is open stands in the address, as `?tab=`. The first is open without it. */

import { Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "./states";
import { useTitle } from "./title";

export interface AddressTab {
  key: string;
  title: string;
  content: ReactNode;
}

export function AddressTabs({
  label,
  tabs,
  keeps,
}: {
  label: string;
  tabs: AddressTab[];
  /** What in the address is of the page, whichever tab is open. */
  keeps?: string;
}) {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const { tab } = search;
  const kept = keeps && search[keeps] !== undefined ? { [keeps]: search[keeps] } : {};
  const { t } = useTranslation();
  const navigate = useNavigate();
  const open = tabs.find(({ key }) => key === tab) ?? tabs[0];
  useTitle("tab", open?.title ?? "");
  return (
    // One thing of the page, with its own gap within.
    <div>
      <Tabs
        aria-label={label}
        backScrollAriaLabel={t("tabs.back")}
        forwardScrollAriaLabel={t("tabs.forward")}
        activeKey={open?.key}
        onSelect={(_, key) =>
          // What the address holds of the tab's lists goes with it.
          navigate({
            to: ".",
            search: { ...kept, ...(key !== tabs[0]?.key && { tab: String(key) }) } as never,
            resetScroll: false,
          })
        }
        mountOnEnter
        unmountOnExit
      >
        {tabs.map(({ key, title, content }) => (
          <Tab key={key} eventKey={key} title={<TabTitleText>{title}</TabTitleText>}>
            <div className="minato-gap">
              <Suspense fallback={<Loading />}>{content}</Suspense>
            </div>
          </Tab>
        ))}
      </Tabs>
    </div>
  );
}
