/** Short messages about what was done, in a corner, read out by screen readers. */

import { AlertActionCloseButton, AlertGroup } from "@patternfly/react-core";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Alert } from "~/ui/patternfly/Alert";
import { useErrorText } from "./states";

interface Message {
  id: number;
  variant: "success" | "danger" | "info" | "warning";
  title: string;
  actions?: ReactNode;
}

interface Notify {
  success: (title: string, actions?: ReactNode) => void;
  info: (title: string, actions?: ReactNode) => void;
  failure: (error: unknown) => void;
}

const Context = createContext<Notify | null>(null);
const cleared = new EventTarget();

/** Takes all messages away: they were for who worked here before. */
export function clearNotices(): void {
  cleared.dispatchEvent(new Event("clear"));
}

let last = 0;

export function Notifications({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<Message[]>([]);
  const { t } = useTranslation();
  const text = useErrorText();
  const close = useCallback((id: number) => setMessages((now) => now.filter((one) => one.id !== id)), []);
  useEffect(() => {
    const clear = () => setMessages([]);
    cleared.addEventListener("clear", clear);
    return () => cleared.removeEventListener("clear", clear);
  }, []);
  const notify = useMemo<Notify>(() => {
    const show = (variant: Message["variant"], title: string, actions?: ReactNode) => {
      last += 1;
      const message = { id: last, variant, title, actions };
      setMessages((now) => [...now.slice(-4), message]);
    };
    return {
      success: (title, actions) => show("success", title, actions),
      info: (title, actions) => show("info", title, actions),
      failure: (error) => show("danger", text(error)),
    };
  }, [text]);
  return (
    <Context.Provider value={notify}>
      {children}
      <AlertGroup isToast isLiveRegion>
        {messages.map(({ id, variant, title, actions }) => (
          <Alert
            key={id}
            variant={variant}
            title={title}
            actionLinks={actions}
            timeout={variant === "danger" ? false : 6000}
            onTimeout={() => close(id)}
            actionClose={<AlertActionCloseButton aria-label={t("close")} onClose={() => close(id)} />}
          />
        ))}
      </AlertGroup>
    </Context.Provider>
  );
}

export function useNotify(): Notify {
  const notify = useContext(Context);
  if (!notify) throw new Error("outside of Notifications");
  return notify;
}
