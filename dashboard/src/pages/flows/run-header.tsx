import { Button, Group, Text } from '@mantine/core';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import { cancelRun, type RunDetail } from '@node3/shared/routes/redmind';
import { IconBan, IconRepeat } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { flowQuery, runsKey } from '../../queries/flows.ts';
import { useNow } from '../../use-now.ts';
import { runLooks } from './flow-looks.ts';
import { RunCost } from './run-price.tsx';

interface RunHeaderProps {
  run: RunDetail;
  onRerun: () => void;
}

export function RunHeader({ run, onRerun }: RunHeaderProps) {
  const { t } = useTranslation();
  const isOver = isTerminalFlowRun(run.status);
  const name = useFlowName(run);
  return (
    <PageHeading
      title={name === null ? t('run.title') : t('run.titleOf', { name })}
      mark={
        <span data-testid="run-state" role="status">
          <LookBadge look={runLooks[run.status]} label={t(`flow.run.${run.status}`)} size="lg" />
        </span>
      }
      subtitle={<RunFacts run={run} />}
      actions={
        isOver ? (
          <Button
            variant="default"
            leftSection={<IconRepeat size={17} aria-hidden />}
            onClick={onRerun}
          >
            {t('run.rerun')}
          </Button>
        ) : (
          <CancelRun runId={run.runId} />
        )
      }
    />
  );
}

function RunFacts({ run }: { run: RunDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(1_000);
  const endMs = run.ended_at === null ? nowMs : Date.parse(run.ended_at);
  const elapsed = format.duration(Math.max(0, endMs - Date.parse(run.started_at)));
  const name = useFlowName(run);
  return (
    <Group gap="md">
      {run.flow_id === null ? (
        <Text span>{t('run.unsaved')}</Text>
      ) : (
        <Link to="/flows/$flowId" params={{ flowId: run.flow_id }} search={versionOf(run)}>
          {t('runs.ofFlow', {
            name,
            version: run.flow_version,
          })}
        </Link>
      )}
      <Text span ff="monospace" size="xs">
        {run.runId}
      </Text>
      <Text span>
        {t('run.started')} <RelativeTime at={run.started_at} />
      </Text>
      <Text span>
        {t('run.elapsed', { elapsed, limit: format.duration(run.timeout_seconds * 1_000) })}
      </Text>
      <RunCost run={run} />
      {run.rerun_of !== null && (
        <Link to="/runs/$runId" params={{ runId: run.rerun_of }}>
          {t('run.rerunOf', { id: shorten(run.rerun_of, 10, 4) })}
        </Link>
      )}
    </Group>
  );
}

/** The flow may be gone, or may have another name by now; null for a graph that was not saved. */
function useFlowName({ flow_id: flowId }: RunDetail): string | null {
  const query = flowQuery(useApp(), flowId ?? '', undefined);
  const { data } = useQuery({ ...query, enabled: flowId !== null });
  return flowId === null ? null : (data?.name ?? shorten(flowId, 10, 4));
}

function versionOf({ flow_version: version }: RunDetail): { version?: number } {
  return version === null ? {} : { version };
}

function CancelRun({ runId }: { runId: string }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const notice = useNotice();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => client.call(cancelRun, { params: { runId } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: runsKey }),
    onError: (error) => notice({ kind: 'failed', title: t('run.cancelFailed'), error }),
  });
  return (
    <>
      <Button
        color="red"
        variant="light"
        loading={cancel.isPending}
        leftSection={<IconBan size={17} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t('run.cancel')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('run.cancelTitle')}
        text={t('run.cancelText')}
        confirm={t('run.cancelConfirm')}
        color="red"
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
