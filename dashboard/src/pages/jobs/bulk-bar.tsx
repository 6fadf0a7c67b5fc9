import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { systemIds } from '@node3/shared/ids';
import { isTerminalJob } from '@node3/shared/job-state';
import type { JobSummary } from '@node3/shared/routes/jobs';
import { IconBan, IconReload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { BulkFrame } from '../../parts/bulk-frame.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import type { Selection } from '../../parts/use-selection.ts';
import { ownJobsKey } from '../../queries/jobs.ts';
import { type BulkResult, cancelAll, rerunAll } from './bulk-actions.ts';
import { BulkResults } from './bulk-results.tsx';

interface BulkBarProps {
  jobs: JobSummary[];
  selection: Selection;
}

/** What can be done with the selected jobs: those under way are cancelled, those that are over run again. */
export function BulkBar({ jobs, selection }: BulkBarProps) {
  const { t } = useTranslation();
  const selected = jobs.filter((job) => selection.has(job.jobId));
  const over = selected.filter((job) => isTerminalJob(job.state)).map(({ jobId }) => jobId);
  const open = selection.ids.filter((jobId) => !over.includes(jobId));
  const bulk = useBulk(jobs, selection);
  return (
    <>
      <BulkFrame
        label={t('jobs.bulk.title')}
        count={t('jobs.bulk.selected', { count: selected.length })}
        shown={jobs.length}
        selection={selection}
      >
        <BulkButton kind="cancel" jobIds={open} isBusy={bulk.isBusy} onConfirm={bulk.cancel} />
        <BulkButton kind="rerun" jobIds={over} isBusy={bulk.isBusy} onConfirm={bulk.rerun} />
      </BulkFrame>
      <BulkResults results={bulk.results} names={bulk.names} onClose={bulk.forget} />
    </>
  );
}

/** The bulk actions, and what became of the jobs of the last one. */
function useBulk(jobs: JobSummary[], { clear }: Pick<Selection, 'clear'>) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const notify = useNotice();
  const [results, setResults] = useState<BulkResult[]>([]);
  const [names, setNames] = useState<ReadonlyMap<string, string | null>>(new Map());
  const action = useMutation({
    mutationFn: (work: () => Promise<BulkResult[]>) => work(),
    onSuccess(answers) {
      setNames(new Map(jobs.map(({ jobId, name }) => [jobId, name])));
      setResults(answers);
      clear();
    },
    onError(error) {
      notify({ kind: 'failed', title: t('jobs.bulk.failed'), error });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ownJobsKey }),
  });
  return {
    results,
    names,
    isBusy: action.isPending,
    forget: () => setResults([]),
    cancel: (jobIds: string[]) => action.mutate(() => cancelAll(client, jobIds)),
    rerun: (jobIds: string[]) =>
      action.mutate(() => rerunAll(client, jobIds, systemIds.secret(18))),
  };
}

interface BulkButtonProps {
  kind: 'cancel' | 'rerun';
  jobIds: string[];
  isBusy: boolean;
  onConfirm: (jobIds: string[]) => void;
}

const looks = {
  cancel: { icon: IconBan, color: 'red' },
  rerun: { icon: IconReload, color: 'indigo' },
} as const;

function BulkButton({ kind, jobIds, isBusy, onConfirm }: BulkButtonProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const count = jobIds.length;
  const { icon: Icon, color } = looks[kind];
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={count === 0}
        loading={isBusy}
        leftSection={<Icon size={14} aria-hidden />}
        onClick={open}
      >
        {t(`jobs.bulk.${kind}`, { count })}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        onConfirm={() => onConfirm(jobIds)}
        title={t(`jobs.bulk.${kind}Title`, { count })}
        text={t(`jobs.bulk.${kind}Text`)}
        confirm={t(`jobs.bulk.${kind}Confirm`, { count })}
        color={color}
      />
    </>
  );
}
