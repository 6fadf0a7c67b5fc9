import { Button, Group, Switch, Text } from '@mantine/core';
import type { FlowGraph } from '@node3/shared/flow-graph';
import { isTerminalFlowRun } from '@node3/shared/flow-state';
import type { RunDetail } from '@node3/shared/routes/redmind';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { jobQuery } from '../../../queries/jobs.ts';
import { useNow } from '../../../use-now.ts';
import { layTime } from './time-scale.ts';
import { TraceChart } from './trace-chart.tsx';
import { spanOfRun, traceRows } from './trace-rows.ts';
import { traceKeys, useZoom } from './use-zoom.ts';
import './run-trace.css';

interface RunTraceProps {
  run: RunDetail;
  graph: FlowGraph;
  selected: string | null;
  onSelect: (nodeId: string) => void;
}

/** When each step of a run went on, beside all others, with the attempts of the one that is chosen. */
export function RunTrace({ run, graph, selected, onSelect }: RunTraceProps) {
  const { t } = useTranslation();
  const nowMs = useNow(1_000);
  const attempts = useAttempts(run, selected);
  const [gaps, setGaps] = useState<'collapsed' | 'whole'>('collapsed');
  const whole = spanOfRun(run, nowMs);
  const zoom = useZoom(whole);
  const rows = traceRows(run, graph, attempts, whole.toMs);
  const steps = rows.filter(({ kind }) => kind === 'step');
  const busy = steps.flatMap(({ span }) => (span === null ? [] : [span]));
  const scale = layTime(zoom.shown, busy, gaps);
  function choose(by: 1 | -1) {
    const at = steps.findIndex(({ nodeId }) => nodeId === selected);
    const next = steps[Math.min(steps.length - 1, Math.max(0, at + by))];
    if (next !== undefined) onSelect(next.nodeId);
  }
  const chosen = steps.find(({ nodeId }) => nodeId === selected)?.span ?? null;
  return (
    <SectionCard
      title={t('trace.title')}
      description={t('trace.text')}
      padding="flush"
      aside={
        <Group gap="xs">
          <Switch
            size="xs"
            label={t('trace.collapse')}
            checked={gaps === 'collapsed'}
            onChange={(event) => setGaps(event.currentTarget.checked ? 'collapsed' : 'whole')}
          />
          <Button.Group>
            <Button size="xs" variant="default" onClick={() => zoom.by(0.5)}>
              {t('trace.zoomIn')}
            </Button>
            <Button size="xs" variant="default" disabled={zoom.isWhole} onClick={() => zoom.by(2)}>
              {t('trace.zoomOut')}
            </Button>
            <Button size="xs" variant="default" disabled={zoom.isWhole} onClick={zoom.reset}>
              {t('trace.whole')}
            </Button>
          </Button.Group>
          <Button
            size="xs"
            variant="default"
            disabled={chosen === null}
            onClick={() => chosen !== null && zoom.to(chosen)}
          >
            {t('trace.zoomStep')}
          </Button>
        </Group>
      }
    >
      <TraceChart
        rows={rows}
        scale={scale}
        startMs={whole.fromMs}
        selected={selected}
        onSelect={onSelect}
        onZoom={zoom.to}
        onKeyDown={traceKeys(zoom, choose)}
      />
      <Text size="xs" c="dimmed" px="md" py="xs">
        {t('trace.keys')}
      </Text>
    </SectionCard>
  );
}

/** Those of the job of the chosen step; null where it has none, or is not known yet. */
function useAttempts(run: RunDetail, selected: string | null) {
  const app = useApp();
  const entry = run.trace.find(({ nodeId }) => nodeId === selected);
  const jobId = entry?.runId === run.runId ? entry.jobId : null;
  const { data } = useQuery({
    ...jobQuery(app, jobId ?? ''),
    enabled: jobId !== null,
    refetchInterval: isTerminalFlowRun(run.status) ? false : 2_000,
  });
  return entry === undefined || data === undefined || data.jobId !== jobId
    ? null
    : { nodeId: entry.nodeId, executions: data.executions };
}
