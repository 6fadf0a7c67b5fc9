import type { ScheduleRun } from '@node3/shared/routes/schedules';
import { IconCalendarTime } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge, LookBadge } from '../../parts/state-badge.tsx';
import { firingLooks } from './schedule-looks.ts';
import { ScheduleWords } from './schedule-words.tsx';

/** What became of each time that a schedule was due. */
export function FiringTable({ runs }: { runs: readonly ScheduleRun[] }) {
  const { t } = useTranslation();
  const columns = useColumns();
  return (
    <DataTable
      label={t('schedule.runs')}
      columns={columns}
      rows={runs}
      rowId={(run) => run.dueAt}
      empty={<EmptyState icon={IconCalendarTime} title={t('schedule.noRuns')} />}
    />
  );
}

function useColumns(): DataColumn<ScheduleRun>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: 'due',
        title: t('schedule.column.due'),
        cell: ({ dueAt }) => <RelativeTime at={dueAt} />,
      },
      {
        id: 'outcome',
        title: t('schedule.column.outcome'),
        cell: ({ outcome }) => (
          <LookBadge look={firingLooks[outcome]} label={t(`schedule.outcome.${outcome}`)} />
        ),
      },
      {
        id: 'job',
        title: t('schedule.column.job'),
        cell: ({ jobId, detail, errorCode }) =>
          jobId === null ? (
            <span className="break">
              {detail !== null && <ScheduleWords text={detail} errorCode={errorCode} />}
            </span>
          ) : (
            <Link to="/jobs/$jobId" params={{ jobId }} className="row-link mono">
              {shorten(jobId, 10, 4)}
            </Link>
          ),
      },
      {
        id: 'state',
        title: t('schedule.column.state'),
        cell: ({ jobState }) => (jobState === null ? '' : <JobStateBadge state={jobState} />),
      },
    ],
    [t],
  );
}
