import { Badge, Button, Code, Group, Text } from '@mantine/core';
import type { KeyView } from '@node3/shared/routes/keys';
import { revokeKey, rotateKey } from '@node3/shared/routes/keys';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { KeyLastUsed } from '../../../parts/key-last-used.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { ScopeText } from '../../../parts/server-words.tsx';
import { useNotice } from '../../../parts/use-notice.tsx';
import { keysKey } from '../../../queries/access.ts';
import { EditKeyCaps } from './edit-key-caps.tsx';
import { KeyCapsText } from './key-caps-text.tsx';
import type { ShownKey } from './new-key.tsx';

export type KeyReach = 'all' | 'own' | 'none';

interface KeyTableProps {
  keys: readonly KeyView[];
  /** Which of them may be changed from here. */
  reach: KeyReach;
  /** Of the account; null: it has none. */
  wallet: string | null;
  onRotated: (shown: ShownKey) => void;
}

type Wish = { what: 'rotate' | 'revoke'; key: KeyView };

export function KeyTable({ keys, reach, wallet, onRotated }: KeyTableProps) {
  const { t } = useTranslation();
  const [wish, setWish] = useState<Wish | null>(null);
  const carryOut = useWish(onRotated);
  const [edited, setEdited] = useState<KeyView | null>(null);
  const columns = useColumns(reach, setWish, setEdited);
  const what = wish?.what ?? 'revoke';
  const name = wish?.key.name ?? wish?.key.keyId ?? '';
  return (
    <>
      <DataTable
        label={t('keys.working')}
        columns={columns}
        rows={keys}
        rowId={({ keyId }) => keyId}
        empty={
          <EmptyState icon={IconKey} title={t('keys.none')}>
            {t('keys.noneText')}
          </EmptyState>
        }
      />
      <ConfirmDialog
        opened={wish !== null}
        title={t(`keys.${what}Title`, { name })}
        text={t(wish?.key.current === true ? `keys.${what}OwnText` : `keys.${what}Text`)}
        confirm={t(`keys.${what}Confirm`)}
        color={what === 'revoke' ? 'red' : 'indigo'}
        onConfirm={() => wish !== null && carryOut(wish)}
        onClose={() => setWish(null)}
      />
      {edited !== null && (
        <EditKeyCaps apiKey={edited} wallet={wallet} onClose={() => setEdited(null)} />
      )}
    </>
  );
}

/** Rotates or revokes; the key of this page is replaced by its successor, or forgotten. */
function useWish(onRotated: (shown: ShownKey) => void): (wish: Wish) => void {
  const { t } = useTranslation();
  const { client, session } = useApp();
  const queryClient = useQueryClient();
  const tell = useNotice();
  const mutation = useMutation({
    async mutationFn({ what, key: { keyId } }: Wish) {
      const params = { keyId };
      if (what === 'rotate') return client.call(rotateKey, { params });
      await client.call(revokeKey, { params });
      return null;
    },
    onSuccess(successor, { key }) {
      if (successor !== null) {
        if (key.current) session.signIn(successor.apiKey);
        onRotated({ apiKey: successor.apiKey, oldKeyExpiresAt: successor.oldKeyExpiresAt });
      } else if (key.current) session.signOut();
      else tell({ kind: 'done', message: t('keys.revoked') });
      void queryClient.invalidateQueries({ queryKey: keysKey });
    },
    onError: (error) => tell({ kind: 'failed', error }),
  });
  return mutation.mutate;
}

function useColumns(reach: KeyReach, onWish: KeyActions['onWish'], onEdit: KeyActions['onEdit']) {
  const { t } = useTranslation();
  return useMemo(
    (): DataColumn<KeyView>[] => [
      {
        id: 'name',
        title: t('keys.name'),
        value: ({ name }) => name,
        cell: ({ name, keyId, current }) => (
          <>
            <Text component="span" size="sm" fw={500}>
              {name ?? t('keys.unnamed')}
            </Text>{' '}
            {current && (
              <Badge variant="light" className="state-badge">
                {t('keys.current')}
              </Badge>
            )}
            <div>
              <Code>{`n3_${keyId.slice(0, 12)}…`}</Code>
            </div>
          </>
        ),
      },
      {
        id: 'scopes',
        title: t('keys.scopes'),
        cell: ({ scopes }) => (
          <span className="scope-list">
            {(scopes ?? (['requester', 'provider'] as const)).map((scope) => (
              <Badge key={scope} variant="default" className="state-badge">
                <ScopeText scope={scope} />
              </Badge>
            ))}
          </span>
        ),
      },
      {
        id: 'caps',
        title: t('keys.caps'),
        cell: ({ caps }) => <KeyCapsText caps={caps} />,
      },
      {
        id: 'lastUsedAt',
        title: t('keys.lastUsed'),
        value: ({ lastUsedAt }) => lastUsedAt,
        cell: ({ lastUsedAt }) => <KeyLastUsed at={lastUsedAt} />,
      },
      {
        id: 'expiresAt',
        title: t('keys.ends'),
        value: ({ expiresAt }) => expiresAt,
        cell: ({ expiresAt }) =>
          expiresAt === null ? t('state.never') : <RelativeTime at={expiresAt} />,
      },
      ...(reach === 'none' ? [] : [actionsColumn(t, reach, { onWish, onEdit })]),
    ],
    [t, reach, onWish, onEdit],
  );
}

interface KeyActions {
  onWish: (wish: Wish) => void;
  onEdit: (key: KeyView) => void;
}

function actionsColumn(
  t: TFunction,
  reach: KeyReach,
  { onWish, onEdit }: KeyActions,
): DataColumn<KeyView> {
  return {
    id: 'actions',
    title: t('keys.action'),
    align: 'right',
    cell: (key) =>
      reach === 'own' && !key.current ? null : (
        <Group gap={6} justify="flex-end" className="key-actions">
          <Button size="compact-sm" variant="default" onClick={() => onEdit(key)}>
            {t('keys.changeCaps')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => onWish({ what: 'rotate', key })}
          >
            {t('keys.rotate')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => onWish({ what: 'revoke', key })}
          >
            {t('keys.revoke')}
          </Button>
        </Group>
      ),
  };
}
