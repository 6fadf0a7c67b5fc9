import { Card, Grid, Stack } from '@mantine/core';
import type { FlowGraph } from '@node3/shared/flow-graph';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import { systemIds } from '@node3/shared/ids';
import { type RunDetail, rerunRun } from '@node3/shared/routes/redmind';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { IdempotencyKeys } from '../../idempotency-keys.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { runGraphQuery, runQuery } from '../../queries/flows.ts';
import { curlLine } from '../../shell-command.ts';
import { FlowPicture } from './flow-picture.tsx';
import { RunHeader } from './run-header.tsx';
import { StepList } from './step-list.tsx';
import { FlowErrorAlert, StepPanel } from './step-panel.tsx';
import { RunTrace } from './trace/run-trace.tsx';

const route = getRouteApi('/runs/$runId');

/** One run of a flow: which step it is at, what each gave, and why it ended. */
export function RunPage() {
  const { runId } = route.useParams();
  return (
    <RequireSession heading={shorten(runId, 12, 5)}>
      {() => <RunLoader runId={runId} key={runId} />}
    </RequireSession>
  );
}

function RunLoader({ runId }: { runId: string }) {
  const { t } = useTranslation();
  const app = useApp();
  const run = useQuery(runQuery(app, runId));
  const graph = useQuery(runGraphQuery(app, runId));
  if (run.data !== undefined && graph.data !== undefined) {
    return <RunView run={run.data} graph={graph.data.graph} input={graph.data.input} />;
  }
  return (
    <UnreadPage
      heading={shorten(runId, 12, 5)}
      queries={[run, graph]}
      code="RUN_NOT_FOUND"
      missing={t('run.missing')}
    >
      <Link to="/runs">{t('run.backToRuns')}</Link>
    </UnreadPage>
  );
}

interface RunViewProps {
  run: RunDetail;
  graph: FlowGraph;
  input: unknown;
}

function RunView({ run, graph, input }: RunViewProps) {
  const { t } = useTranslation();
  const { step = null } = route.useSearch();
  const navigate = useNavigate();
  const rerun = useRerun(run.runId);
  const selected = step ?? stepToShow(run);
  const select = (nodeId: string) =>
    void navigate({ to: '.', search: { step: nodeId }, replace: true });
  const node = graph.nodes.find(({ id }) => id === selected);
  const entry = run.trace.find(({ nodeId }) => nodeId === selected);
  const isOver = isTerminalFlowRun(run.status);
  const url = `${location.origin}/api/v1/runs/${run.runId}`;
  return (
    <Stack gap="lg">
      <RunHeader run={run} onRerun={() => rerun(undefined)} />
      {run.error !== null && (run.error.nodeId ?? null) !== selected && (
        <FlowErrorAlert error={run.error} />
      )}
      <Card withBorder padding={0} visibleFrom="sm">
        <FlowPicture
          graph={graph}
          states={new Map(run.trace.map(({ nodeId, status }) => [nodeId, status]))}
          selected={selected}
          onSelect={select}
        />
      </Card>
      <RunTrace run={run} graph={graph} selected={selected} onSelect={select} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <SectionCard title={t('run.steps')} padding="flush">
            <StepList graph={graph} trace={run.trace} selected={selected} onSelect={select} />
          </SectionCard>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            {node !== undefined && entry !== undefined && (
              <StepPanel
                runId={run.runId}
                node={node}
                entry={entry}
                onRerun={isOver && entry.startedAt !== null ? () => rerun(node.id) : null}
              />
            )}
            {run.status === 'completed' && (
              <SectionCard title={t('run.result')}>
                <JsonView value={run.result} label={t('run.result')} />
              </SectionCard>
            )}
            <SectionCard title={t('run.runInput')}>
              <JsonView value={input ?? null} label={t('run.runInput')} />
            </SectionCard>
          </Stack>
        </Grid.Col>
      </Grid>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 flow get ${run.runId}` },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </Stack>
  );
}

/** The step that somebody wants to see: the one that failed, or runs, or was the last to end. */
function stepToShow({ trace }: RunDetail): string | null {
  const failed = trace.find(({ status }) => status === 'error');
  const running = trace.find(({ status }) => status === 'running');
  const done = trace.findLast(({ status }) => status === 'completed');
  return (failed ?? running ?? done ?? trace[0])?.nodeId ?? null;
}

/** Starts a new run of the same graph, and goes there. */
function useRerun(runId: string): (fromNode: string | undefined) => void {
  const { t } = useTranslation();
  const { client } = useApp();
  const navigate = useNavigate();
  const notice = useNotice();
  const [keys] = useState(() => new IdempotencyKeys(() => systemIds.secret(18)));
  const { mutate } = useMutation({
    mutationFn: (fromNode: string | undefined) => {
      const body = fromNode === undefined ? {} : { from_node: fromNode };
      // Asked again after a lost answer, it starts no second run.
      const idempotencyKey = keys.keyFor({ runId, ...body });
      return client.call(rerunRun, { params: { runId }, body }, { idempotencyKey });
    },
    onSuccess(started) {
      keys.forget();
      return navigate({ to: '/runs/$runId', params: { runId: started.runId } });
    },
    onError: (error) => notice({ kind: 'failed', title: t('run.rerunFailed'), error }),
  });
  return mutate;
}
