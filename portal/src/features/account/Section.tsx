/** A part of a page about one thing, under a heading, and a fact in a list of facts. */

import {
  Card,
  CardBody,
  CardHeader,
  CardTitle,
  Content,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from "@patternfly/react-core";
import type { ReactNode } from "react";
import "./account.css";

export function Section({ title, text, children }: { title: string; text?: ReactNode; children: ReactNode }) {
  return (
    <Card isCompact component="section" className="account-section">
      <CardHeader>
        <CardTitle component="h2">{title}</CardTitle>
        {text && <Content component="small">{text}</Content>}
      </CardHeader>
      <CardBody>{children}</CardBody>
    </Card>
  );
}

export function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
