import { Button, Card, Text } from '@mantine/core';
import type { PublicProvider } from '@node3/shared/routes/public-providers';
import { IconPlus, IconServer2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { publicProvidersQuery } from '../../queries/market.ts';
import { curlLine } from '../../shell-command.ts';
import { ProviderStatusBadge } from './provider-status.tsx';

/** Who runs agents, as far as everybody may know. */
export function ProvidersPage() {
  const { t } = useTranslation();
  const app = useApp();
  useChannelRefresh('market', ['market']);
  const providers = useQuery({ ...publicProvidersQuery(app), refetchInterval: usePollMs() });
  const columns = useMemo(() => providerColumns(t), [t]);
  const url = `${location.origin}/api/v1/marketplace/providers`;
  return (
    <>
      <PageHeading
        title={t('providers.title')}
        subtitle={t('providers.subtitle')}
        actions={
          <Button
            renderRoot={(button) => <Link to="/providers/new" {...button} />}
            leftSection={<IconPlus size={17} aria-hidden />}
          >
            {t('providers.enrol')}
          </Button>
        }
      />
      <Card withBorder padding={0} mb="lg">
        <QueryView query={providers} lines={5}>
          {(data) => (
            <DataTable
              label={t('providers.title')}
              columns={columns}
              rows={data}
              rowId={({ providerId }) => providerId}
              empty={<EmptyState icon={IconServer2} title={t('providers.none')} />}
            />
          )}
        </QueryView>
      </Card>
      <CommandLines lines={[{ label: 'curl', text: curlLine({ url }) }]} />
    </>
  );
}

function providerColumns(t: TFunction): DataColumn<PublicProvider>[] {
  return [
    {
      id: 'name',
      title: t('providers.name'),
      value: ({ name }) => name,
      cell: ({ description, name }) => (
        <>
          <Link to="/providers/$provider" params={{ provider: name }} className="row-link">
            {name}
          </Link>
          {description !== null && (
            <Text size="xs" c="dimmed" className="break">
              {description}
            </Text>
          )}
        </>
      ),
    },
    { id: 'kind', title: t('providers.kind'), value: ({ kind }) => kind, cell: ({ kind }) => kind },
    {
      id: 'status',
      title: t('providers.status'),
      value: ({ status }) => status,
      cell: ({ status }) => <ProviderStatusBadge status={status} />,
    },
    {
      id: 'agents',
      title: t('providers.agents'),
      align: 'right',
      value: ({ workers }) => workers.online,
      cell: ({ workers }) => `${workers.online} / ${workers.registered}`,
    },
    {
      id: 'slots',
      title: t('providers.slots'),
      align: 'right',
      value: ({ workers }) => workers.busySlots,
      cell: ({ workers }) => `${workers.busySlots} / ${workers.slots}`,
    },
    {
      id: 'tags',
      title: t('providers.tags'),
      cell: ({ tags }) => (tags.length === 0 ? '–' : tags.join(', ')),
    },
  ];
}
