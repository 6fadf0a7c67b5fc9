import { Button, Stack } from '@mantine/core';
import type { FlowSummary } from '@node3/shared/routes/flows';
import { IconPlus, IconSitemap } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { KeysetTable } from '../../parts/keyset-table.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { flowsQuery } from '../../queries/flows.ts';
import { curlLine } from '../../shell-command.ts';

const route = getRouteApi('/flows');

/** The flows that the account has saved. */
export function FlowsPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading
        title={t('flows.title')}
        subtitle={t('flows.subtitle')}
        actions={
          <Button
            renderRoot={(props) => <Link to="/flows/new" {...props} />}
            leftSection={<IconPlus size={17} aria-hidden />}
          >
            {t('flows.new')}
          </Button>
        }
      />
      <RequireSession>{() => <OwnFlows />}</RequireSession>
    </>
  );
}

function OwnFlows() {
  const { t } = useTranslation();
  const app = useApp();
  const { cursor } = route.useSearch();
  const query = useQuery({ ...flowsQuery(app, cursor), placeholderData: keepPreviousData });
  const columns = useColumns();
  return (
    <Stack gap="md">
      <KeysetTable
        query={query}
        cursor={cursor}
        label={t('flows.title')}
        columns={columns}
        rowId={(flow) => flow.flowId}
        empty={
          <EmptyState icon={IconSitemap} title={t('flows.empty')}>
            <Link to="/flows/new">{t('flows.emptyAction')}</Link>
          </EmptyState>
        }
      />
      <CommandLines
        lines={[
          { label: 'CLI', text: 'node3 flow list' },
          { label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/flows` }) },
        ]}
      />
    </Stack>
  );
}

function useColumns(): DataColumn<FlowSummary>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('flows.column.name'),
        value: (flow) => flow.name,
        cell: (flow) => (
          <Link to="/flows/$flowId" params={{ flowId: flow.flowId }} className="row-link break">
            {flow.name}
          </Link>
        ),
      },
      {
        id: 'version',
        title: t('flows.column.version'),
        align: 'right',
        cell: (flow) => flow.version,
      },
      {
        id: 'runs',
        title: t('flows.column.runs'),
        cell: ({ flowId }) => (
          <Link to="/runs" search={{ flowId }} className="row-action">
            {t('flows.showRuns')}
          </Link>
        ),
      },
      {
        id: 'updated',
        title: t('flows.column.updated'),
        align: 'right',
        value: (flow) => Date.parse(flow.updatedAt),
        cell: (flow) => <RelativeTime at={flow.updatedAt} />,
      },
    ],
    [t],
  );
}
