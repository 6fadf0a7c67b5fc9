import { Alert, Code, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { Trans, useTranslation } from 'react-i18next';

/** How to get in, for a page that was opened without the agent's token. */
export function AgentEntry() {
  const { t } = useTranslation();
  return (
    <Alert color="indigo" variant="light" icon={<IconLock aria-hidden />} title={t('entry.title')}>
      <Text size="sm">
        <Trans i18nKey="entry.text" components={[<Code key="command" />]} />
      </Text>
    </Alert>
  );
}
