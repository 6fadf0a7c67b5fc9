import { Badge, Checkbox } from '@mantine/core';
import type { TemplateSummary } from '@node3/shared/routes/templates';
import { IconTemplate } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { KeysetPaging } from '../../../parts/keyset-paging.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { templatesQuery } from '../../../queries/posting.ts';

const route = getRouteApi('/templates');

/** The templates of the account, newest first. */
export function OwnTemplates() {
  const { t } = useTranslation();
  const { cursor, archived = false } = route.useSearch();
  const navigate = route.useNavigate();
  const columns = useMemo(() => columnsOf(t), [t]);
  const query = useQuery(
    templatesQuery(useApp(), { limit: 50, archived, ...(cursor !== undefined && { cursor }) }),
  );
  return (
    <SectionCard
      title={t('templates.tab.own')}
      padding="flush"
      aside={
        <Checkbox
          label={t('templates.withArchived')}
          checked={archived}
          onChange={(event) => {
            const wanted = event.currentTarget.checked;
            void navigate({ search: { tab: 'own', ...(wanted && { archived: true }) } });
          }}
        />
      }
    >
      <QueryView query={query} lines={5}>
        {({ data, nextCursor }) => (
          <>
            <DataTable
              label={t('templates.tab.own')}
              columns={columns}
              rows={data}
              rowId={({ templateId }) => templateId}
              empty={
                <EmptyState icon={IconTemplate} title={t('templates.ownNone')}>
                  <PageLink to="/jobs/new">{t('templates.ownNoneText')}</PageLink>
                </EmptyState>
              }
            />
            <KeysetPaging cursor={cursor} nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
    </SectionCard>
  );
}

function columnsOf(t: TFunction): DataColumn<TemplateSummary>[] {
  return [
    {
      id: 'name',
      title: t('templates.name'),
      cell: ({ templateId, name }) => (
        <Link to="/templates/$templateId" params={{ templateId }} className="row-link break">
          {name}
        </Link>
      ),
    },
    { id: 'version', title: t('templates.version'), cell: ({ version }) => String(version) },
    {
      id: 'visibility',
      title: t('templates.visibility'),
      cell: ({ visibility, archivedAt, hiddenAt }) => (
        <Badge variant="light" color={archivedAt === null ? 'indigo' : 'gray'} tt="none">
          {archivedAt !== null
            ? t('templates.archived')
            : hiddenAt !== null
              ? t('templates.hidden')
              : t(`visibility.${visibility}`)}
        </Badge>
      ),
    },
    { id: 'uses', title: t('templates.usesTitle'), cell: ({ uses }) => String(uses ?? '–') },
    {
      id: 'created',
      title: t('templates.created'),
      cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
    },
  ];
}
