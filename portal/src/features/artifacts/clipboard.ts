/** Copies a text and says so. */

import { useTranslation } from "react-i18next";
import { useNotify } from "~/ui/notify";

export function useCopyText(): (text: string, done: string) => Promise<void> {
  const { t } = useTranslation("artifacts");
  const notify = useNotify();
  return async (text, done) => {
    try {
      await navigator.clipboard.writeText(text);
      notify.success(done);
    } catch {
      // Without TLS, browsers keep the clipboard from pages: then it is shown, to be copied by hand.
      notify.info(t("copy.byHand", { text }));
    }
  };
}
