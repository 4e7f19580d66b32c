/** Copies a text and says so. */

import { useTranslation } from "react-i18next";
import { copyText } from "~/ui/copy-text";
import { useNotify } from "~/ui/notify";

export function useCopyText(): (text: string, done: string) => Promise<void> {
  const { t } = useTranslation("artifacts");
  const notify = useNotify();
  return async (text, done) => {
    try {
      await copyText(text);
      notify.success(done);
    } catch {
      // The browser does not let us: then it is shown, to be copied by hand.
      notify.info(t("copy.byHand", { text }));
    }
  };
}
