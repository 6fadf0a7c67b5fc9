import { Alert, Button, Group, TextInput } from '@mantine/core';
import {
  issueRegistrationToken,
  listRegistrationTokens,
  type RegistrationToken,
  revokeRegistrationToken,
} from '@node3/shared/routes/admin-agents';
import { IconTicket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { CopyText } from '../../../parts/copy-text.tsx';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { operatorQuery } from '../../../queries/operator.ts';
import { useOperate } from '../shared/use-operate.ts';

/** Each lets one agent register within five minutes; its secret is shown once. */
export function RegistrationTokens() {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [name, setName] = useState('');
  const [issued, setIssued] = useState<string | null>(null);
  const query = useQuery(operatorQuery(useApp(), listRegistrationTokens, {}));
  const columns = useTokenColumns();
  return (
    <SectionCard title={t('op.tokens.title')} description={t('op.tokens.hint')} padding="flush">
      <Group gap="sm" p="md" align="flex-end">
        <TextInput
          label={t('op.tokens.name')}
          value={name}
          maxLength={64}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button
          variant="default"
          loading={isBusy}
          onClick={() =>
            operate(async (client) => {
              const body = name.trim() === '' ? {} : { name: name.trim() };
              const { token } = await client.call(issueRegistrationToken, { body });
              setIssued(token);
              setName('');
              return t('op.tokens.made');
            })
          }
        >
          {t('op.tokens.make')}
        </Button>
      </Group>
      {issued !== null && (
        <Alert variant="light" color="indigo" mx="md" mb="md" title={t('op.tokens.once')}>
          <span className="mono break">{issued}</span>
          <CopyText value={issued} label={t('op.tokens.copy')} />
        </Alert>
      )}
      <QueryView query={query}>
        {({ data }) => (
          <DataTable
            label={t('op.tokens.title')}
            columns={columns}
            rows={data}
            rowId={({ tokenId }) => tokenId}
            empty={<EmptyState icon={IconTicket} title={t('op.tokens.none')} />}
          />
        )}
      </QueryView>
    </SectionCard>
  );
}

function useTokenColumns(): DataColumn<RegistrationToken>[] {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  return useMemo(
    () => [
      {
        id: 'token',
        title: t('op.tokens.token'),
        cell: ({ tokenId, name }) => name ?? <span className="mono">{tokenId.slice(-8)}</span>,
      },
      {
        id: 'state',
        title: t('op.payouts.state'),
        cell: ({ usedAt, revokedAt, expiresAt }) =>
          t(
            usedAt !== null
              ? 'op.tokens.used'
              : revokedAt !== null
                ? 'op.tokens.revoked'
                : Date.parse(expiresAt) < Date.now()
                  ? 'op.tokens.expired'
                  : 'op.tokens.open',
          ),
      },
      {
        id: 'made',
        title: t('op.payouts.created'),
        align: 'right',
        cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      },
      {
        id: 'actions',
        title: t('op.actions'),
        cell: ({ tokenId, usedAt, revokedAt }) =>
          usedAt === null && revokedAt === null ? (
            <Button
              size="compact-xs"
              variant="default"
              disabled={isBusy}
              onClick={() =>
                operate(async (client) => {
                  await client.call(revokeRegistrationToken, { params: { tokenId } });
                  return t('op.tokens.revokedNow');
                })
              }
            >
              {t('op.tokens.revoke')}
            </Button>
          ) : null,
      },
    ],
    [t, operate, isBusy],
  );
}
