/** The administrator's message to everybody: a text, or Harbor's JSON with a kind and the days it is for. */

import { Banner, Button } from "@patternfly/react-core";
import TimesIcon from "@patternfly/react-icons/dist/esm/icons/times-icon";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keep, kept } from "~/ui/storage";

const COLOURS = { success: "green", info: "blue", warning: "yellow", danger: "red" } as const;
const DAY = 86_400_000;
/** Remembers for this visit which message was put away. */
const KEY = "minato.banner";

export interface BannerText {
  message: string;
  type: keyof typeof COLOURS;
  closable: boolean;
}

/** What to show of a message now; nothing before and after the days it is for. */
export function readBanner(text: string, now: number): BannerText | null {
  let fields: Record<string, unknown> = { message: text };
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) fields = { ...parsed };
  } catch {
    // It is a text.
  }
  const day = (value: unknown) =>
    typeof value === "string" && value ? new Date(value).getTime() : Number.NaN;
  if (now < day(fields.fromDate) || now >= day(fields.toDate) + DAY) return null;
  const message = typeof fields.message === "string" ? fields.message.trim() : "";
  const type = Object.keys(COLOURS).find((known) => known === fields.type) as BannerText["type"] | undefined;
  return message ? { message, type: type ?? "info", closable: fields.closable === true } : null;
}

export function BannerMessage({ text }: { text: string }) {
  const { t } = useTranslation();
  const [closed, setClosed] = useState(() => kept(KEY, "sessionStorage"));
  const banner = readBanner(text, Date.now());
  if (!banner || (banner.closable && closed === text)) return null;
  const close = () => {
    keep(KEY, text, "sessionStorage");
    setClosed(text);
  };
  return (
    <Banner color={COLOURS[banner.type]}>
      <div className="minato-banner">
        {banner.message}
        {banner.closable && (
          <Button variant="plain" size="sm" aria-label={t("close")} icon={<TimesIcon />} onClick={close} />
        )}
      </div>
    </Banner>
  );
}
