import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import { systemIds } from '@node3/shared/ids';
import type { ListedRun } from '@node3/shared/routes/redmind';
import { IconRepeat } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { BulkFrame } from '../../parts/bulk-frame.tsx';
import { BulkList } from '../../parts/bulk-list.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import type { Selection } from '../../parts/use-selection.ts';
import { runsKey } from '../../queries/flows.ts';
import { runLooks } from './flow-looks.ts';
import { type RerunResult, rerunRuns } from './rerun-runs.ts';

interface RunsBulkProps {
  runs: ListedRun[];
  selection: Selection;
}

/** Runs the selected ones again that are over, and tells of each what became of it. */
export function RunsBulk({ runs, selection }: RunsBulkProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const [opened, { open, close }] = useDisclosure(false);
  const [results, setResults] = useState<RerunResult[]>([]);
  const over = runs
    .filter(({ runId, status }) => selection.has(runId) && isTerminalFlowRun(status))
    .map(({ runId }) => runId);
  const rerun = useMutation({
    mutationFn: () => rerunRuns(client, over, systemIds.secret(18)),
    onSuccess(answers) {
      setResults(answers);
      selection.clear();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: runsKey }),
  });
  return (
    <>
      <BulkFrame
        label={t('runs.bulk.title')}
        count={t('runs.bulk.selected', { count: selection.ids.length })}
        shown={runs.length}
        selection={selection}
      >
        <Button
          size="xs"
          variant="default"
          disabled={over.length === 0}
          loading={rerun.isPending}
          leftSection={<IconRepeat size={14} aria-hidden />}
          onClick={open}
        >
          {t('runs.bulk.rerun', { count: over.length })}
        </Button>
        <ConfirmDialog
          opened={opened}
          onClose={close}
          onConfirm={() => rerun.mutate()}
          title={t('runs.bulk.rerunTitle', { count: over.length })}
          text={t('runs.bulk.rerunText')}
          confirm={t('runs.bulk.rerunConfirm', { count: over.length })}
          color="indigo"
        />
      </BulkFrame>
      <RerunResults results={results} onClose={() => setResults([])} />
    </>
  );
}

function RerunResults({ results, onClose }: { results: RerunResult[]; onClose: () => void }) {
  const { t } = useTranslation();
  const done = results.filter((result) => 'newRunId' in result).length;
  return (
    <BulkList
      title={t('runs.bulk.results')}
      summary={t('runs.bulk.done', { done, all: results.length })}
      onClose={onClose}
      outcomes={results.map((result) => {
        const runId = 'newRunId' in result ? result.newRunId : result.runId;
        return {
          id: result.runId,
          link: (
            <Link to="/runs/$runId" params={{ runId }} className="break">
              {shorten(runId, 12, 5)}
            </Link>
          ),
          outcome:
            'newRunId' in result
              ? {
                  state: (
                    <LookBadge
                      look={runLooks[result.status]}
                      label={t(`flow.run.${result.status}`)}
                    />
                  ),
                }
              : { refused: result.refused },
        };
      })}
    />
  );
}
