/** One's own account: what others see of it, and its password. */

import { DescriptionList, Label, Stack, StackItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useCurrentUser, useSystemInfo } from "~/app/session";
import { Time } from "~/ui/format";
import { Page } from "~/ui/Page";
import { Alert } from "~/ui/patternfly/Alert";
import { Empty } from "~/ui/states";
import { PasswordForm } from "./PasswordForm";
import { ProfileForm } from "./ProfileForm";
import { Fact, Section } from "./Section";
import { SignInLink } from "./SignInLink";

/** The account that the system began with is local whatever the others are. */
const FIRST = 1;

export default function AccountPage() {
  const { t } = useTranslation(["account", "common"]);
  const user = useCurrentUser();
  const info = useSystemInfo();
  if (!user) {
    return (
      <Page title={t("common:shell.account")}>
        <Empty title={t("profile.nobody")} actions={<SignInLink />} />
      </Page>
    );
  }
  const isLocal = info.auth_mode === "db_auth" || user.user_id === FIRST;
  return (
    <Page title={t("common:shell.account")} subtitle={user.username}>
      <Stack hasGutter>
        <StackItem>
          <Section title={t("profile.title")}>
            <DescriptionList isHorizontal isCompact className="account-facts">
              <Fact term={t("profile.username")}>
                {user.username}{" "}
                {(user.sysadmin_flag || user.admin_role_in_auth) && (
                  <Label isCompact color="teal">
                    {t("profile.admin")}
                  </Label>
                )}
              </Fact>
              <Fact term={t("common:created")}>
                <Time value={user.creation_time} />
              </Fact>
            </DescriptionList>
            {isLocal ? (
              <ProfileForm user={user} />
            ) : (
              <Alert isInline isPlain variant="info" title={t("profile.elsewhere")} />
            )}
          </Section>
        </StackItem>
        {isLocal && (
          <StackItem>
            <Section title={t("password.title")} text={t("password.text")}>
              <PasswordForm user={user} />
            </Section>
          </StackItem>
        )}
        <StackItem>
          <Section title={t("programs.title")}>
            <p>{t("programs.text")}</p>
          </Section>
        </StackItem>
      </Stack>
    </Page>
  );
}
