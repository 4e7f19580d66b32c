/** What stands where something is loading, failed, or is not there yet. */

import {
  Bullseye,
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Spinner,
} from "@patternfly/react-core";
import { Link, useLocation } from "@tanstack/react-router";
import type { ComponentType, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "~/api/client";
import { Alert } from "~/ui/patternfly/Alert";
import { detailOf, refusalOf } from "./refusal";

export function Loading() {
  const { t } = useTranslation();
  return (
    <Bullseye style={{ minHeight: "12rem" }}>
      <Spinner aria-label={t("loading")} aria-valuetext={t("loading")} />
    </Bullseye>
  );
}

/** An error in the reader's words where we have some, with the server's where those say more. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return String(error instanceof Error ? error.message : error);
    if (error.status === 0) return t("error.unreachable");
    if (error.status === 401) return t("error.unauthorized");
    const refusal = refusalOf(error);
    const why = detailOf(error);
    if (!refusal) return why || t("error.said.fault");
    const what = t(`error.said.${refusal}`);
    return why ? t("error.detail", { what, why }) : what;
  };
}

/** What a visitor may not see. */
function SignInFirst() {
  const { t } = useTranslation();
  const { href } = useLocation();
  const link = (
    <Link to="/account/sign-in" search={{ next: href }}>
      {t("shell.signIn")}
    </Link>
  );
  return (
    <Empty title={t("error.signIn")} actions={link}>
      {t("error.signInText")}
    </Empty>
  );
}

/** What failed, why, and what to do: for a whole page or a part of it. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const text = useErrorText();
  if (error instanceof ApiError && error.status === 401) return <SignInFirst />;
  return (
    <Alert
      isInline
      variant="danger"
      title={error instanceof ApiError && error.status === 404 ? t("error.notFound") : t("error.title")}
      actionLinks={
        retry && (
          <Button variant="link" isInline onClick={retry}>
            {t("retry")}
          </Button>
        )
      }
    >
      {text(error)}
      {error instanceof ApiError && error.requestId && (
        <div className="minato-quiet">{t("error.requestId", { id: error.requestId })}</div>
      )}
    </Alert>
  );
}

/** Nothing is here yet: says what will be, and how it comes to be. */
export function Empty({
  title,
  icon,
  children,
  actions,
}: {
  title: string;
  icon?: ComponentType;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <EmptyState titleText={title} headingLevel="h2" variant="sm" {...(icon && { icon })}>
      {children && <EmptyStateBody>{children}</EmptyStateBody>}
      {actions && (
        <EmptyStateFooter>
          <EmptyStateActions>{actions}</EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
