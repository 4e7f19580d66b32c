/** Choosing a span of time: lately, or from one moment to another. */

import { Button, Flex, FormGroup, MenuToggle, Popover, TextInput } from "@patternfly/react-core";
import ClockIcon from "@patternfly/react-icons/dist/esm/icons/clock-icon";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/ui/format";
import { fromLocal, readSpan, type Span, spanText, toLocal } from "./entries";

const HOUR = 3_600_000;
const LATELY = [
  ["hour", HOUR],
  ["day", 24 * HOUR],
  ["week", 7 * 24 * HOUR],
  ["month", 30 * 24 * HOUR],
] as const;

/** `value` is as the API takes it; empty for all time. */
export function SpanFilter({ value, change }: { value: string; change: (value: string) => void }) {
  const { t } = useTranslation(["audit", "common"]);
  const [open, setOpen] = useState(false);
  const text = useSpanText();
  const put = (next: Span) => {
    change(spanText(next));
    setOpen(false);
  };
  return (
    <Popover
      aria-label={t("time.label")}
      isVisible={open}
      shouldOpen={() => setOpen(true)}
      shouldClose={() => setOpen(false)}
      closeBtnAriaLabel={t("common:close")}
      position="bottom-start"
      showClose={false}
      minWidth="20rem"
      bodyContent={<Choices key={value} value={value} put={put} />}
    >
      <MenuToggle icon={<ClockIcon />} isExpanded={open}>
        {value ? text(readSpan(value)) : t("time.any")}
      </MenuToggle>
    </Popover>
  );
}

function useSpanText(): (span: Span) => string {
  const { t } = useTranslation("audit");
  const { dateTime } = useFormat();
  return ({ from, to }) => {
    if (from && to) return t("time.between", { from: dateTime(from), to: dateTime(to) });
    if (from) return t("time.since", { from: dateTime(from) });
    return to ? t("time.until", { to: dateTime(to) }) : t("time.any");
  };
}

function Choices({ value, put }: { value: string; put: (span: Span) => void }) {
  const { t } = useTranslation("audit");
  const id = useId();
  const known = readSpan(value);
  const [from, setFrom] = useState(toLocal(known.from));
  const [to, setTo] = useState(toLocal(known.to));
  return (
    <Flex direction={{ default: "column" }} gap={{ default: "gapMd" }}>
      <Flex gap={{ default: "gapSm" }}>
        {LATELY.map(([name, length]) => (
          <Button
            key={name}
            variant="secondary"
            size="sm"
            onClick={() => put({ from: new Date(Date.now() - length) })}
          >
            {t(`time.${name}`)}
          </Button>
        ))}
        {value && (
          <Button variant="link" size="sm" onClick={() => put({})}>
            {t("time.any")}
          </Button>
        )}
      </Flex>
      <FormGroup label={t("time.from")} fieldId={`${id}-from`}>
        <TextInput
          id={`${id}-from`}
          type="datetime-local"
          value={from}
          onChange={(_, text) => setFrom(text)}
        />
      </FormGroup>
      <FormGroup label={t("time.to")} fieldId={`${id}-to`}>
        <TextInput id={`${id}-to`} type="datetime-local" value={to} onChange={(_, text) => setTo(text)} />
      </FormGroup>
      <Button isDisabled={!from && !to} onClick={() => put({ from: fromLocal(from), to: fromLocal(to) })}>
        {t("time.apply")}
      </Button>
    </Flex>
  );
}
