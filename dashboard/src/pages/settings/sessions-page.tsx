import { Badge, Button, Stack, Text } from '@mantine/core';
import { endSession, endSessions, type SessionView } from '@node3/shared/routes/sessions';
import { IconDevices } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { sessionsKey, sessionsQuery } from '../../queries/access.ts';
import { curlLine } from '../../shell-command.ts';
import { clientName } from './client-name.ts';

/** Where the account is signed in by its wallet. Keys are on a page of their own. */
export function SessionsPage() {
  const { t } = useTranslation();
  return (
    <RequireSession heading={t('nav.sessions')} scope="account">
      {() => <Sessions />}
    </RequireSession>
  );
}

/** What is to be ended: one session, or all of them. */
type Ending = SessionView | 'all';

function Sessions() {
  const { t } = useTranslation();
  const query = useQuery(sessionsQuery(useApp()));
  const [ending, setEnding] = useState<Ending | null>(null);
  const end = useEnding();
  return (
    <>
      <PageHeading
        title={t('nav.sessions')}
        subtitle={t('sessions.subtitle')}
        actions={
          <Button
            variant="default"
            onClick={() => setEnding('all')}
            disabled={query.data === undefined || query.data.length === 0}
          >
            {t('sessions.endAll')}
          </Button>
        }
      />
      <Stack gap="lg">
        <SectionCard title={t('sessions.open')} padding="flush">
          <QueryView query={query}>
            {(sessions) => <SessionTable sessions={sessions} onEnd={setEnding} />}
          </QueryView>
        </SectionCard>
        <CommandLines
          lines={[{ label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/sessions` }) }]}
        />
      </Stack>
      <ConfirmDialog
        opened={ending !== null}
        title={t(ending === 'all' ? 'sessions.endAll' : 'sessions.endTitle')}
        text={t(ending === 'all' ? 'sessions.endAllText' : 'sessions.endText')}
        confirm={t('sessions.endConfirm')}
        color="red"
        onConfirm={() => ending !== null && end(ending)}
        onClose={() => setEnding(null)}
      />
    </>
  );
}

/** Ends them at the marketplace; this page is signed out where its own is among them. */
function useEnding(): (ending: Ending) => void {
  const { t } = useTranslation();
  const { client, session } = useApp();
  const queryClient = useQueryClient();
  const tell = useNotice();
  const mutation = useMutation({
    mutationFn: async (ending: Ending) =>
      ending === 'all'
        ? client.call(endSessions, {})
        : client.call(endSession, { params: { sessionId: ending.sessionId } }),
    onSuccess(_, ending) {
      const isOwn = session.walletSession() !== null && (ending === 'all' || ending.current);
      if (isOwn) session.signOut();
      tell({ kind: 'done', message: t('sessions.ended') });
      void queryClient.invalidateQueries({ queryKey: sessionsKey });
    },
    onError: (error) => tell({ kind: 'failed', error }),
  });
  return mutation.mutate;
}

interface SessionTableProps {
  sessions: readonly SessionView[];
  onEnd: (session: SessionView) => void;
}

function SessionTable({ sessions, onEnd }: SessionTableProps) {
  const { t } = useTranslation();
  const columns = useColumns(onEnd);
  return (
    <DataTable
      label={t('sessions.open')}
      columns={columns}
      rows={sessions}
      rowId={({ sessionId }) => sessionId}
      empty={
        <EmptyState icon={IconDevices} title={t('sessions.none')}>
          {t('sessions.noneText')}
        </EmptyState>
      }
    />
  );
}

function useColumns(onEnd: (session: SessionView) => void) {
  const { t } = useTranslation();
  return useMemo(
    (): DataColumn<SessionView>[] => [
      {
        id: 'client',
        title: t('sessions.client'),
        cell: ({ client, current }) => (
          <>
            <Text component="span" size="sm" fw={500} title={client ?? undefined}>
              {client === null ? t('state.unknown') : clientName(client)}
            </Text>{' '}
            {current && (
              <Badge variant="light" className="state-badge">
                {t('sessions.current')}
              </Badge>
            )}
          </>
        ),
      },
      time('createdAt', t('sessions.began')),
      time('lastUsedAt', t('sessions.lastUsed')),
      time('expiresAt', t('sessions.endsIdle')),
      {
        id: 'end',
        title: t('sessions.action'),
        align: 'right',
        cell: (session) => (
          <Button size="compact-sm" variant="default" onClick={() => onEnd(session)}>
            {t('sessions.end')}
          </Button>
        ),
      },
    ],
    [t, onEnd],
  );
}

function time(id: 'createdAt' | 'lastUsedAt' | 'expiresAt', title: string) {
  return {
    id,
    title,
    cell: (session: SessionView) => <RelativeTime at={session[id]} />,
    value: (session: SessionView) => session[id],
  };
}
