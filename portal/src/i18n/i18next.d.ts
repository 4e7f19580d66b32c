/** Makes every key that is asked for one that the English texts have. */

import "i18next";
import type account from "./locales/en-US/account.json";
import type admin from "./locales/en-US/admin.json";
import type artifacts from "./locales/en-US/artifacts.json";
import type audit from "./locales/en-US/audit.json";
import type cleanup from "./locales/en-US/cleanup.json";
import type common from "./locales/en-US/common.json";
import type configuration from "./locales/en-US/configuration.json";
import type jobs from "./locales/en-US/jobs.json";
import type labels from "./locales/en-US/labels.json";
import type members from "./locales/en-US/members.json";
import type policy from "./locales/en-US/policy.json";
import type projects from "./locales/en-US/projects.json";
import type repositories from "./locales/en-US/repositories.json";
import type robots from "./locales/en-US/robots.json";
import type scanners from "./locales/en-US/scanners.json";
import type undo from "./locales/en-US/undo.json";
import type webhooks from "./locales/en-US/webhooks.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: {
      account: typeof account;
      admin: typeof admin;
      artifacts: typeof artifacts;
      audit: typeof audit;
      cleanup: typeof cleanup;
      common: typeof common;
      configuration: typeof configuration;
      jobs: typeof jobs;
      labels: typeof labels;
      members: typeof members;
      policy: typeof policy;
      projects: typeof projects;
      repositories: typeof repositories;
      robots: typeof robots;
      scanners: typeof scanners;
      undo: typeof undo;
      webhooks: typeof webhooks;
    };
  }
}
