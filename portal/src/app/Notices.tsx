/** What everybody is told above all pages: that nothing can be changed now, and the administrator's message. */

import { Banner } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Schemas } from "~/api/client";
import { BannerMessage } from "./BannerMessage";

export default function Notices({ info }: { info: Schemas["GeneralInfo"] }) {
  const { t } = useTranslation();
  return (
    <>
      {info.read_only && <Banner color="yellow">{t("shell.readOnly")}</Banner>}
      {info.banner_message && <BannerMessage text={info.banner_message} />}
    </>
  );
}
