import { Alert, Button, Card, Group, Text, TextInput } from '@mantine/core';
import { type AuditEntry, listAuditLog, verifyAuditLog } from '@node3/shared/routes/audit';
import { IconAlertTriangle, IconCheck, IconListDetails } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { ServerText } from '../../parts/server-words.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { AuditActor, AuditTarget } from './audit/audit-names.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

const route = getRouteApi('/admin/audit');
const filters = ['action', 'actor', 'target', 'from', 'until'] as const;
const pageSize = 50;

/** What was done that needed a right, by whom and to what. */
export function AuditPage() {
  const { t } = useTranslation();
  return (
    <OperatorPage
      title={t('op.audit.title')}
      subtitle={t('op.audit.subtitle')}
      lines={[
        { label: 'CLI', text: 'node3 admin audit list' },
        { label: 'CLI', text: 'node3 admin audit verify' },
        { label: 'curl', text: curlLine({ url: `${location.origin}${listAuditLog.url}` }) },
      ]}
    >
      {() => (
        <>
          <Proof />
          <Log />
        </>
      )}
    </OperatorPage>
  );
}

/** Recomputes the chain of hashes from the first entry that is kept. */
function Proof() {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useApp();
  const verify = useMutation({ mutationFn: () => client.call(verifyAuditLog, {}) });
  const proof = verify.data;
  return (
    <>
      <Group>
        <Button
          size="xs"
          variant="default"
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {t('op.audit.verify')}
        </Button>
      </Group>
      {verify.isError && <ErrorView error={verify.error} />}
      {proof !== undefined && (
        <Alert
          variant="light"
          role="status"
          color={proof.verified ? 'green' : 'red'}
          icon={proof.verified ? <IconCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
          title={t(proof.verified ? 'op.audit.whole' : 'op.audit.broken')}
        >
          <Text size="sm">{t('op.audit.entries', { entries: format.number(proof.entries) })}</Text>
          {proof.problems.map((problem) => (
            <Text size="sm" key={problem}>
              <ServerText text={problem} />
            </Text>
          ))}
        </Alert>
      )}
    </>
  );
}

function Log() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const { cursor } = search;
  // The address may hold more, such as a language.
  const given = filters.flatMap((name) =>
    search[name] === undefined ? [] : [[name, search[name]] as const],
  );
  const filter: Partial<Record<(typeof filters)[number], string>> = Object.fromEntries(given);
  const query = useQuery({
    ...operatorQuery(useApp(), listAuditLog, {
      query: {
        ...filter,
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor: Number(cursor) }),
      },
    }),
    placeholderData: keepPreviousData,
  });
  const columns = useAuditColumns();
  return (
    <Card withBorder padding={0}>
      <Filters key={JSON.stringify(filter)} />
      <QueryView query={query} lines={6}>
        {(page) => (
          <>
            <DataTable
              label={t('op.audit.title')}
              columns={columns}
              rows={page.data}
              rowId={({ entry }) => String(entry)}
              csv={{ name: 'audit', columns: auditColumns }}
              empty={<EmptyState icon={IconListDetails} title={t('op.audit.none')} />}
            />
            <KeysetPaging
              cursor={cursor}
              nextCursor={page.nextCursor === null ? null : String(page.nextCursor)}
            />
          </>
        )}
      </QueryView>
    </Card>
  );
}

function Filters() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/admin/audit' });
  const [values, setValues] = useState(() =>
    Object.fromEntries(filters.map((name) => [name, shownAs(name, search[name] ?? '')])),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = Object.entries(values).filter(([, value]) => value.trim() !== '');
    void navigate({
      search: Object.fromEntries(given.map(([name, value]) => [name, askedAs(name, value)])),
    });
  };
  return (
    <form onSubmit={submit} role="search">
      <Group p="md" gap="sm" align="flex-end" className="operator-filters">
        {filters.map((name) => (
          <TextInput
            key={name}
            label={t(`op.audit.${name}`)}
            type={isTime(name) ? 'datetime-local' : 'text'}
            value={values[name] ?? ''}
            maxLength={64}
            onChange={({ currentTarget: { value } }) => setValues({ ...values, [name]: value })}
          />
        ))}
        <Button type="submit" variant="default">
          {t('op.audit.search')}
        </Button>
      </Group>
    </form>
  );
}

function isTime(name: string): boolean {
  return name === 'from' || name === 'until';
}

/** A time of the address, which is UTC, by the reader's clock. */
function shownAs(name: string, value: string): string {
  const atMs = Date.parse(value);
  if (!isTime(name) || !Number.isFinite(atMs)) return isTime(name) ? '' : value;
  const at = new Date(atMs);
  return new Date(atMs - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function askedAs(name: string, value: string): string {
  return isTime(name) ? new Date(value).toISOString() : value.trim();
}

function useAuditColumns(): DataColumn<AuditEntry>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      { id: 'entry', title: '#', align: 'right', cell: ({ entry }) => format.number(entry) },
      {
        id: 'at',
        title: t('op.audit.at'),
        cell: ({ at }) => (
          <time dateTime={at} className="nowrap">
            {format.time(Date.parse(at))}
          </time>
        ),
      },
      {
        id: 'action',
        title: t('op.audit.action'),
        cell: ({ action }) => <span className="nowrap">{action}</span>,
      },
      {
        id: 'actor',
        title: t('op.audit.actor'),
        cell: ({ actor, keyId, ip }) => <AuditActor actor={actor} keyId={keyId} ip={ip} />,
      },
      {
        id: 'target',
        title: t('op.audit.target'),
        cell: ({ target }) => <AuditTarget target={target} />,
      },
      {
        id: 'facts',
        title: t('op.audit.facts'),
        cell: ({ facts }) => (
          <Text size="xs" className="break">
            {Object.entries(facts)
              .map(([name, value]) => `${name}: ${String(value)}`)
              .join(', ')}
          </Text>
        ),
      },
    ],
    [t, format],
  );
}

const auditColumns = [
  { title: 'entry', value: ({ entry }: AuditEntry) => entry },
  { title: 'at', value: ({ at }: AuditEntry) => at },
  { title: 'action', value: ({ action }: AuditEntry) => action },
  { title: 'actor', value: ({ actor }: AuditEntry) => actor },
  { title: 'accountId', value: ({ accountId }: AuditEntry) => accountId },
  { title: 'keyId', value: ({ keyId }: AuditEntry) => keyId },
  { title: 'ip', value: ({ ip }: AuditEntry) => ip },
  { title: 'target', value: ({ target }: AuditEntry) => target },
  { title: 'facts', value: ({ facts }: AuditEntry) => JSON.stringify(facts) },
  { title: 'hash', value: ({ hash }: AuditEntry) => hash },
];
