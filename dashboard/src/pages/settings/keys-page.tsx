import { Button, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { keysQuery } from '../../queries/access.ts';
import { curlLine } from '../../shell-command.ts';
import { missingScope, type OwnAccount } from '../../viewer/viewer.ts';
import { CreateKey } from './keys/create-key.tsx';
import { KeyTable } from './keys/key-table.tsx';
import { NewKey, type ShownKey } from './keys/new-key.tsx';
import './settings.css';

/** The API keys of the account: what each may do and spend, when it was used, and how it ends. */
export function KeysPage() {
  const { t } = useTranslation();
  return (
    <RequireSession heading={t('nav.keys')} scope="account">
      {(account) => <Keys account={account} />}
    </RequireSession>
  );
}

function Keys({ account }: { account: OwnAccount }) {
  const { t } = useTranslation();
  const query = useQuery(keysQuery(useApp()));
  const isReader = missingScope(account.access.scopes, 'account', 'changes') !== null;
  const own = query.data?.find(({ current }) => current);
  // A key with caps was given away: it changes itself and no other.
  const reach = isReader ? 'none' : (own?.caps ?? null) === null ? 'all' : 'own';
  const [creating, setCreating] = useState(false);
  const [shown, setShown] = useState<ShownKey | null>(null);
  const lines = [
    { label: 'CLI', text: 'node3 key list' },
    { label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/keys` }) },
  ];
  return (
    <>
      <PageHeading
        title={t('nav.keys')}
        subtitle={t('keys.subtitle')}
        actions={
          reach === 'all' && (
            <Button
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => setCreating(true)}
            >
              {t('keys.create')}
            </Button>
          )
        }
      />
      <Stack gap="lg">
        {reach !== 'all' && (
          <Text size="sm" role="note">
            {t(`keys.reach.${reach}`)}
          </Text>
        )}
        <SectionCard title={t('keys.working')} padding="flush">
          <QueryView query={query}>
            {(keys) => (
              <KeyTable keys={keys} reach={reach} wallet={account.wallet} onRotated={setShown} />
            )}
          </QueryView>
        </SectionCard>
        <CommandLines lines={lines} />
      </Stack>
      {creating && (
        <CreateKey
          account={account}
          onCreated={(key) => {
            setCreating(false);
            setShown(key);
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {shown !== null && <NewKey shown={shown} onClose={() => setShown(null)} />}
    </>
  );
}
