/** Who may do what: the roles beside each other. */

import CheckIcon from "@patternfly/react-icons/dist/esm/icons/check-icon";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useTranslation } from "react-i18next";
import { ReadDialog } from "~/ui/dialogs";
import { ABILITIES, ROLES } from "./roles";

export default function RoleMatrix({ close }: { close: () => void }) {
  const { t } = useTranslation(["members", "common"]);
  return (
    <ReadDialog title={t("matrix.title")} description={t("matrix.text")} size="large" scrolls close={close}>
      <Table aria-label={t("matrix.title")} variant="compact" isStickyHeader>
        <Thead>
          <Tr>
            <Th width={40}>{t("matrix.ability")}</Th>
            {ROLES.map(([, name]) => (
              <Th key={name} textCenter modifier="wrap">
                {t(`common:role.${name}`)}
              </Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {ABILITIES.map(([ability, count]) => (
            <Tr key={ability}>
              <Th scope="row" dataLabel={t("matrix.ability")}>
                {t(`ability.${ability}`)}
              </Th>
              {ROLES.map(([, name], index) => (
                <Td key={name} textCenter dataLabel={t(`common:role.${name}`)}>
                  {index < count ? (
                    <CheckIcon role="img" title={t("common:yes")} />
                  ) : (
                    <span className="minato-quiet" role="img" aria-label={t("common:no")}>
                      –
                    </span>
                  )}
                </Td>
              ))}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </ReadDialog>
  );
}
