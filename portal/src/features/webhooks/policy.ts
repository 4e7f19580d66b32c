/** A webhook between the form and the API. */

import type { Policy } from "./queries";

export interface Values {
  name: string;
  description: string;
  type: string;
  format: string;
  address: string;
  auth: string;
  verify: boolean;
  events: string[];
}

/** The policy as the API takes it; further targets, which only the API can add, stay as they are. */
export function toPolicy(values: Values, policy: Policy | undefined): Policy {
  const { name, description, type, format, address, auth, verify, events } = values;
  const target = {
    type,
    address,
    skip_cert_verify: !verify,
    ...(auth && { auth_header: auth }),
    ...(type !== "slack" && { payload_format: format }),
  };
  return {
    name,
    description,
    enabled: policy?.enabled ?? true,
    event_types: events,
    targets: [target, ...(policy?.targets?.slice(1) ?? [])],
  };
}

interface Last {
  policy_name: string;
  last_trigger_time?: string | null;
}

/** When a webhook told last of anything. */
export function lastOf(policy: Policy, last: Last[]): string | null {
  const times = last
    .filter(({ policy_name }) => policy_name === policy.name)
    .flatMap(({ last_trigger_time: time }) => (time ? [time] : []));
  return times.sort().at(-1) ?? null;
}
