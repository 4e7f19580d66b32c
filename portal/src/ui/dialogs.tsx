/** Dialogs: one that asks before something goes, and one that holds a form. Refusals are shown in them. */

import { Button, Form, ModalBody, ModalFooter, TextInput } from "@patternfly/react-core";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { type FieldValues, FormProvider, type UseFormReturn } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { BusyButton } from "~/ui/patternfly/BusyButton";
import { Modal, ModalHeader } from "~/ui/patternfly/Modal";
import { ActionError, useAction } from "./action";

export { ActionError, useAction };

/** Closes a dialog only while it is there: once it was cancelled, another may be open in its place. */
function useWhileOpen(close: () => void): () => void {
  const isOpen = useRef(false);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  return () => {
    if (isOpen.current) close();
  };
}

/** Asks before something is done that takes something away. */
export function ConfirmDialog({
  title,
  children,
  confirm,
  danger = true,
  typed,
  blocked = false,
  action,
  close,
}: {
  title: string;
  /** What will happen, and how long it can be undone. */
  children: ReactNode;
  /** The button's text: the verb. */
  confirm: string;
  danger?: boolean;
  /** What has to be typed first, for what can't be undone. */
  typed?: string;
  /** It can't be done, or it is not known yet whether it can: `children` say why. */
  blocked?: boolean;
  action: () => Promise<unknown>;
  close: () => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const id = useId();
  const closeIfOpen = useWhileOpen(close);
  const { run, busy, error } = useAction(async () => {
    await action();
    closeIfOpen();
  });
  return (
    <Modal isOpen variant="small" onClose={close} aria-labelledby={id}>
      <ModalHeader title={title} labelId={id} titleIconVariant={danger ? "warning" : undefined} />
      <ModalBody>
        {children}
        {typed && (
          <>
            <p className="minato-gap">{t("dialog.type", { text: typed })}</p>
            <TextInput
              aria-label={t("dialog.type", { text: typed })}
              value={text}
              onChange={(_, value) => setText(value)}
            />
          </>
        )}
        <ActionError error={error} />
      </ModalBody>
      <ModalFooter>
        <BusyButton
          variant={danger ? "danger" : "primary"}
          busy={busy}
          isDisabled={blocked || (typed !== undefined && text !== typed)}
          onClick={run}
        >
          {confirm}
        </BusyButton>
        <Button variant="link" onClick={close}>
          {t("cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

/** Shows something, and changes nothing. */
export function ReadDialog({
  title,
  description,
  size = "medium",
  scrolls = false,
  actions,
  close,
  children,
}: {
  title: string;
  description?: ReactNode;
  size?: "small" | "medium" | "large";
  /** Whether nothing in it can have the focus, so that the keyboard could not scroll it. */
  scrolls?: boolean;
  /** Buttons for what one may want to do next. */
  actions?: ReactNode;
  close: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Modal isOpen variant={size} onClose={close} aria-labelledby={id}>
      <ModalHeader title={title} description={description} labelId={id} />
      <ModalBody {...(scrolls && { tabIndex: 0, "aria-label": title })}>{children}</ModalBody>
      <ModalFooter>
        {actions}
        <Button variant={actions ? "link" : "secondary"} onClick={close}>
          {t("close")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

/** Begins in a form's first field, where the dialog would begin at its closing button. */
function beginIn(form: HTMLFormElement | null): void {
  const fields = "input:not([type=hidden]), select, textarea, button";
  form?.querySelector<HTMLElement>(`:is(${fields}):not(:disabled)`)?.focus();
}

/** A form in a dialog; closes when it was sent and taken. Escape closes it only while nothing was entered. */
export function FormDialog<T extends FieldValues>({
  title,
  description,
  form,
  submit,
  send,
  close,
  wide,
  children,
}: {
  title: string;
  description?: ReactNode;
  form: UseFormReturn<T>;
  /** The button's text: the verb. */
  submit: string;
  send: (values: T) => Promise<unknown>;
  close: () => void;
  wide?: boolean;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const id = useId();
  const closeIfOpen = useWhileOpen(close);
  const isFilled = useRef(false);
  const { run, busy, error } = useAction(async (values: T) => {
    await send(values);
    closeIfOpen();
  });
  return (
    <Modal
      isOpen
      variant={wide ? "medium" : "small"}
      onClose={close}
      onEscapePress={() => isFilled.current || close()}
      aria-labelledby={id}
    >
      <ModalHeader title={title} description={description} labelId={id} />
      <ModalBody>
        <FormProvider {...form}>
          <Form
            id={`${id}-form`}
            ref={beginIn}
            onSubmit={form.handleSubmit(run)}
            onInput={() => {
              isFilled.current = true;
            }}
            noValidate
          >
            <ActionError error={error} />
            {children}
          </Form>
        </FormProvider>
      </ModalBody>
      <ModalFooter>
        <BusyButton type="submit" form={`${id}-form`} busy={busy}>
          {submit}
        </BusyButton>
        <Button variant="link" onClick={close}>
          {t("cancel")}
        </Button>
      </ModalFooter>
    </Modal>
  );
}
