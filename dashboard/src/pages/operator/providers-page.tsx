import { Button, Card, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { type ProviderKind, providerKinds } from '@node3/shared/provider';
import { listProviders, type Provider, registerProvider } from '@node3/shared/routes/providers';
import { IconServer2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ProviderReason } from '../../parts/provider-reason.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { ProviderStatusBadge } from './providers/provider-status.tsx';
import { OperatorPage } from './shared/operator-page.tsx';
import { useOperate } from './shared/use-operate.ts';

/** Who runs agents, with limits that hold for those. */
export function AdminProvidersPage() {
  const { t } = useTranslation();
  const url = `${location.origin}${listProviders.url}`;
  return (
    <OperatorPage
      title={t('op.providers.title')}
      subtitle={t('op.providers.subtitle')}
      lines={[
        { label: 'CLI', text: 'node3 admin providers list' },
        { label: 'CLI', text: 'node3 admin providers register docker-eu --kind docker' },
        { label: 'curl', text: curlLine({ url }) },
      ]}
    >
      {() => (
        <>
          <List />
          <NewProvider />
        </>
      )}
    </OperatorPage>
  );
}

function List() {
  const { t } = useTranslation();
  const query = useQuery({
    ...operatorQuery(useApp(), listProviders, {}),
    refetchInterval: usePollMs(),
  });
  const columns = useProviderColumns();
  return (
    <Card withBorder padding={0}>
      <QueryView query={query} lines={4}>
        {({ data }) => (
          <DataTable
            label={t('op.providers.title')}
            columns={columns}
            rows={data}
            rowId={({ providerId }) => providerId}
            empty={<EmptyState icon={IconServer2} title={t('op.providers.none')} />}
          />
        )}
      </QueryView>
    </Card>
  );
}

function useProviderColumns(): DataColumn<Provider>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('op.fleet.provider'),
        value: ({ name }) => name,
        cell: ({ name, kind }) => (
          <div>
            <Link to="/admin/providers/$provider" params={{ provider: name }} className="row-link">
              {name}
            </Link>
            <Text size="xs" c="dimmed">
              {t(`op.provider.kind.${kind}`)}
            </Text>
          </div>
        ),
      },
      {
        id: 'status',
        title: t('op.fleet.status'),
        value: ({ status }) => status,
        cell: (provider) => (
          <div>
            <ProviderStatusBadge status={provider.status} />
            <Text size="xs" c="dimmed">
              <ProviderReason reason={provider.statusReason} />
            </Text>
          </div>
        ),
      },
      {
        id: 'agents',
        title: t('op.provider.agents'),
        align: 'right',
        value: ({ workers }) => workers.online,
        cell: ({ workers }) =>
          `${format.number(workers.online)} / ${format.number(workers.registered)}`,
      },
      {
        id: 'slots',
        title: t('op.provider.slots'),
        align: 'right',
        value: ({ workers }) => workers.busySlots,
        cell: ({ workers }) =>
          `${format.number(workers.busySlots)} / ${format.number(workers.slots)}`,
      },
    ],
    [t, format],
  );
}

function NewProvider() {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<ProviderKind>('docker');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    operate(async (client) => {
      await client.call(registerProvider, { body: { name: name.trim(), kind } });
      setName('');
      return t('op.provider.made', { name: name.trim() });
    });
  };
  return (
    <SectionCard title={t('op.provider.new')} description={t('op.provider.newHint')}>
      <form onSubmit={submit}>
        <Group gap="sm" align="flex-end">
          <TextInput
            label={t('op.provider.name')}
            value={name}
            maxLength={63}
            required
            withAsterisk={false}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <NativeSelect
            label={t('op.provider.kind')}
            value={kind}
            onChange={({ currentTarget: { value } }) =>
              setKind(providerKinds.find((known) => known === value) ?? 'docker')
            }
            data={providerKinds.map((value) => ({ value, label: t(`op.provider.kind.${value}`) }))}
          />
          <Button type="submit" variant="default" loading={isBusy} disabled={name.trim() === ''}>
            {t('op.provider.make')}
          </Button>
        </Group>
      </form>
    </SectionCard>
  );
}
