/** The registry's own address, as tools reach it. */

import { useSystemInfo } from "~/app/session";
import type { Registry } from "./commands";

export function useRegistry(): Registry {
  const { registry_url: host, external_url: url } = useSystemInfo();
  return {
    host: host || location.host,
    plain: (url || location.origin).startsWith("http:"),
  };
}
