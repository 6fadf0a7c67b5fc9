import type { FlowSummary } from '@node3/shared/routes/flows';
import { IconSitemap } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { flowsQuery } from '../../queries/flows.ts';
import { curlLine } from '../../shell-command.ts';
import { ListPage, OwnList } from './list-page.tsx';

const route = getRouteApi('/flows');

/** The flows that the account has saved. */
export function FlowsPage() {
  const { t } = useTranslation();
  return (
    <ListPage
      title={t('flows.title')}
      subtitle={t('flows.subtitle')}
      add={{ to: '/flows/new', text: t('flows.new') }}
    >
      {() => <OwnFlows />}
    </ListPage>
  );
}

function OwnFlows() {
  const { t } = useTranslation();
  const app = useApp();
  const { cursor } = route.useSearch();
  const query = useQuery({ ...flowsQuery(app, cursor), placeholderData: keepPreviousData });
  const columns = useColumns();
  return (
    <OwnList
      query={query}
      cursor={cursor}
      label={t('flows.title')}
      columns={columns}
      rowId={({ flowId }) => flowId}
      none={{
        icon: IconSitemap,
        title: t('flows.empty'),
        first: { to: '/flows/new', text: t('flows.emptyAction') },
      }}
      lines={[
        { label: 'CLI', text: 'node3 flow list' },
        { label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/flows` }) },
      ]}
    />
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
