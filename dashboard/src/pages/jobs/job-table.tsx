import type { JobSummary } from '@node3/shared/routes/jobs';
import { type ReactNode, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcut } from '../../keyboard/keyboard.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import type { Selection } from '../../parts/use-selection.ts';
import { jobColumns, jobCsvColumns } from './job-columns.tsx';

interface JobTableProps {
  jobs: JobSummary[];
  selection: Selection;
  empty: ReactNode;
}

/** One row a job, which leads to it. The keys for lists go from row to row and select. */
export function JobTable({ jobs, selection, empty }: JobTableProps) {
  const { t } = useTranslation();
  const columns = useMemo(() => jobColumns(t), [t]);
  const frame = useRef<HTMLDivElement>(null);
  useRowKeys(frame, (index) => {
    const jobId = jobs[index]?.jobId;
    if (jobId !== undefined) selection.toggle(jobId);
  });
  return (
    <div ref={frame}>
      <DataTable
        label={t('jobs.title')}
        columns={columns}
        rows={jobs}
        rowId={(job) => job.jobId}
        empty={empty}
        selection={{
          ids: new Set(selection.ids),
          onChange: selection.replace,
          nameOf: (job) => job.name ?? job.jobId,
        }}
        csv={{ name: 'jobs', columns: jobCsvColumns }}
      />
    </div>
  );
}

/** Moves the focus between the links of the rows, and acts on the row that has it. */
function useRowKeys(
  frame: React.RefObject<HTMLElement | null>,
  onSelect: (index: number) => void,
): void {
  const links = () => [...(frame.current?.querySelectorAll<HTMLElement>('a.row-link') ?? [])];
  const focused = (all: HTMLElement[]) =>
    all.findIndex((link) => link.closest('tr')?.contains(document.activeElement));
  const move = (by: number) => {
    const all = links();
    const at = focused(all);
    const next = at === -1 ? 0 : Math.min(all.length - 1, Math.max(0, at + by));
    all[next]?.focus();
  };
  useShortcut('next', () => move(1));
  useShortcut('previous', () => move(-1));
  useShortcut('select', () => {
    const at = focused(links());
    if (at !== -1) onSelect(at);
  });
  useShortcut('search', () => document.querySelector<HTMLElement>('#jobs-search')?.focus());
}
