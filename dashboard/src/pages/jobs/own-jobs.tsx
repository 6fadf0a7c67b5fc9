import { Anchor, Button, Card, Group, Stack } from '@mantine/core';
import { IconArrowUp, IconListDetails, IconSearch } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CommandLines } from '../../parts/command-lines.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { useSelection } from '../../parts/use-selection.ts';
import { BulkBar } from './bulk-bar.tsx';
import { EndedFilter } from './ended-filter.tsx';
import { type FilterChanges, FilterFields } from './filter-fields.tsx';
import { jobListCommands } from './job-list-commands.ts';
import { JobTable } from './job-table.tsx';
import { isFiltered } from './jobs-search.ts';
import { StateFilter } from './state-filter.tsx';
import { useJobList } from './use-job-list.ts';
import { ViewMenu } from './view-menu.tsx';
import './jobs-page.css';

const route = getRouteApi('/jobs');

export function OwnJobs() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { cursor, ...filter } = search;
  const { query, rows, newJobs, showNew } = useJobList(search);
  const selection = useSelection(rows.map((job) => job.jobId));
  function change(changes: FilterChanges) {
    const wanted = Object.entries({ ...filter, ...changes });
    const set = Object.fromEntries(wanted.filter(([, value]) => value !== undefined));
    void navigate({ search: set, replace: true });
  }
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <StateFilter filter={filter} />
        <ViewMenu filter={filter} />
      </Group>
      <FilterFields filter={filter} onChange={change} />
      <EndedFilter
        filter={filter}
        onClear={() => change({ endedFrom: undefined, endedTo: undefined })}
      />
      {newJobs.count > 0 && cursor === undefined && <NewJobsPill {...newJobs} onShow={showNew} />}
      <Card withBorder padding={0} aria-busy={query.isPlaceholderData} className="job-list">
        <QueryView query={query} lines={6}>
          {(page) => (
            <>
              <JobTable
                jobs={rows}
                selection={selection}
                empty={<NoJobs filtered={isFiltered(filter)} nextCursor={page.nextCursor} />}
              />
              <KeysetPaging cursor={cursor} nextCursor={page.nextCursor} />
            </>
          )}
        </QueryView>
      </Card>
      <BulkBar jobs={rows} selection={selection} />
      <CommandLines lines={jobListCommands(filter)} />
    </Stack>
  );
}

interface NewJobsPillProps {
  count: number;
  isAll: boolean;
  onShow: () => void;
}

/** Says how many jobs have come since the list was read, instead of moving its rows. */
function NewJobsPill({ count, isAll, onShow }: NewJobsPillProps) {
  const { t } = useTranslation();
  return (
    <div className="new-jobs" role="status">
      <Button
        size="xs"
        radius="xl"
        leftSection={<IconArrowUp size={14} aria-hidden />}
        onClick={onShow}
      >
        {isAll ? t('jobs.new', { count }) : t('jobs.newMany', { count })}
      </Button>
    </div>
  );
}

interface NoJobsProps {
  filtered: boolean;
  /** There are older jobs that were not looked at. */
  nextCursor: string | null;
}

function NoJobs({ filtered, nextCursor }: NoJobsProps) {
  const { t } = useTranslation();
  if (!filtered) {
    return (
      <EmptyState icon={IconListDetails} title={t('jobs.empty')}>
        <Link to="/jobs/new">{t('jobs.emptyAction')}</Link>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={nextCursor === null ? IconListDetails : IconSearch}
      title={nextCursor === null ? t('jobs.emptyFiltered') : t('jobs.emptySoFar')}
    >
      <Stack gap="xs" align="center">
        {nextCursor !== null && t('jobs.emptySoFarText')}
        <Anchor size="sm" renderRoot={(props) => <Link to="/jobs" search={{}} {...props} />}>
          {t('jobs.clearFilter')}
        </Anchor>
      </Stack>
    </EmptyState>
  );
}
