import { Button } from '@mantine/core';
import { type AdminAccountDetail, revokeAccountKey } from '@node3/shared/routes/admin-accounts';
import type { KeyView } from '@node3/shared/routes/keys';
import { IconKey } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../../format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { KeyLastUsed } from '../../../parts/key-last-used.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { ScopeText } from '../../../parts/server-words.tsx';
import { ActDialog } from '../shared/act-dialog.tsx';
import { useOperate } from '../shared/use-operate.ts';

export function AccountKeys({ account }: { account: AdminAccountDetail }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState<KeyView | null>(null);
  const { accountId } = account;
  const columns = useKeyColumns(isBusy ? null : setAsked);
  return (
    <SectionCard title={t('op.key.title')} padding="flush">
      <DataTable
        label={t('op.key.title')}
        columns={columns}
        rows={account.keys}
        rowId={({ keyId }) => keyId}
        empty={<EmptyState icon={IconKey} title={t('op.key.none')} />}
      />
      <ActDialog
        act={
          asked === null
            ? null
            : {
                title: t('op.key.revoke.title'),
                text: t('op.key.revoke.text'),
                confirm: t('op.key.revoke'),
                color: 'red',
              }
        }
        onClose={() => setAsked(null)}
        onConfirm={() =>
          asked !== null &&
          operate(async (client) => {
            const params = { accountId, keyId: asked.keyId };
            await client.call(revokeAccountKey, { params });
            return t('op.key.revoke.done');
          })
        }
      />
    </SectionCard>
  );
}

/** @param ask null while something is done. */
function useKeyColumns(ask: ((key: KeyView) => void) | null): DataColumn<KeyView>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'key',
        title: t('op.key.key'),
        cell: ({ keyId, name }) => (
          <div>
            {name ?? t('op.key.unnamed')} <span className="mono">{shorten(keyId, 8, 5)}</span>
          </div>
        ),
      },
      {
        id: 'scopes',
        title: t('op.key.scopes'),
        cell: ({ scopes }) =>
          scopes?.map((scope) => (
            <div key={scope}>
              <ScopeText scope={scope} />
            </div>
          )) ?? t('op.key.allScopes'),
      },
      {
        id: 'used',
        title: t('op.key.used'),
        align: 'right',
        cell: ({ lastUsedAt }) => <KeyLastUsed at={lastUsedAt} />,
      },
      {
        id: 'actions',
        title: t('op.actions'),
        cell: (key) => (
          <Button
            size="compact-xs"
            variant="default"
            disabled={ask === null}
            onClick={() => ask?.(key)}
          >
            {t('op.key.revoke')}
          </Button>
        ),
      },
    ],
    [t, ask],
  );
}
