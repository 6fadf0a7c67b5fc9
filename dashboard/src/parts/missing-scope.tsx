import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import type { AccountScope } from '@node3/shared/key-scopes';
import { IconLock } from '@tabler/icons-react';
import { Trans, useTranslation } from 'react-i18next';
import { useSignOut } from '../viewer/use-sign-out.ts';
import type { SignedInViewer } from '../viewer/viewer.ts';
import { CommandLines } from './command-lines.tsx';

interface MissingScopeProps {
  viewer: SignedInViewer;
  missing: AccountScope;
}

/** Says which scope a page needs, what there is instead, and how one gets a key that has it. */
export function MissingScope({ viewer, missing }: MissingScopeProps) {
  const { t } = useTranslation();
  const signOut = useSignOut();
  const isOperator = missing === 'operator';
  const create = `node3 key create --name web --scope ${missing}`;
  return (
    <Alert
      variant="light"
      color="orange"
      icon={<IconLock aria-hidden />}
      title={t(isOperator ? 'scope.operatorTitle' : 'scope.title')}
    >
      <Stack gap="sm">
        <Text size="sm">
          <Trans
            i18nKey={viewer.by === 'key' ? 'scope.ofKey' : 'scope.ofSession'}
            values={{ missing, scopes: viewer.scopes.join(', ') }}
            components={[<Code key="missing" />, <Code key="scopes" />]}
          />
        </Text>
        <Text size="sm">{t(isOperator ? 'scope.operatorHow' : 'scope.how')}</Text>
        <CommandLines lines={[{ label: 'CLI', text: create }]} />
        <Group>
          <Button size="xs" variant="default" onClick={() => void signOut()}>
            {t('scope.otherKey')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
