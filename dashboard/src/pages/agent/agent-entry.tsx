import { Alert, Code, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';

/** How to get in, for a page that was opened without the agent's token. */
export function AgentEntry() {
  const { t } = useTranslation();
  const { session } = useApp();
  const isLinkRefused = useSyncExternalStore(session.subscribe, session.isLinkRefused);
  return (
    <Alert color="indigo" variant="light" icon={<IconLock aria-hidden />} title={t('entry.title')}>
      {isLinkRefused && (
        <Text size="sm" mb={4}>
          {t('entry.refused')}
        </Text>
      )}
      <Text size="sm">
        <Trans i18nKey="entry.text" components={[<Code key="command" />]} />
      </Text>
    </Alert>
  );
}
