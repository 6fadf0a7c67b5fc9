import { Alert, Stack } from '@mantine/core';
import { IconPlayerPause } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { switchesQuery } from '../queries/switches.ts';

const readEveryMs = 30_000;

/** Tells everybody what the operator holds back, and why; nothing while all goes on. */
export function SwitchBanner() {
  const { t } = useTranslation();
  const { data = [] } = useQuery({ ...switchesQuery(useApp()), refetchInterval: readEveryMs });
  const held = data.filter(({ on }) => on);
  if (held.length === 0) return null;
  return (
    <Stack gap="sm" mb="md" role="status">
      {held.map(({ name, reason }) => (
        <Alert
          key={name}
          color="orange"
          variant="light"
          icon={<IconPlayerPause aria-hidden />}
          title={t(`held.${name}`)}
        >
          {reason}
        </Alert>
      ))}
    </Stack>
  );
}
