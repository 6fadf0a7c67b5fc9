import { UnstyledButton } from '@mantine/core';
import type { FlowGraph } from '@node3/shared/flow-graph';
import type { RunDetail } from '@node3/shared/routes/redmind';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { LookBadge } from '../../parts/state-badge.tsx';
import { useNow } from '../../use-now.ts';
import { stepLooks } from './flow-looks.ts';
import { nodeIcons } from './node-icons.ts';
import './step-list.css';

type TraceEntry = RunDetail['trace'][number];

interface StepListProps {
  graph: FlowGraph;
  trace: readonly TraceEntry[];
  selected: string | null;
  onSelect: (nodeId: string) => void;
}

/** Every step in the order of the graph, with how far it is. */
export function StepList({ graph, trace, selected, onSelect }: StepListProps) {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return (
    <ol className="step-list">
      {trace.map((entry) => {
        const node = nodes.get(entry.nodeId);
        if (node === undefined) return null;
        return (
          <li key={entry.nodeId} aria-current={entry.status === 'running' ? 'step' : undefined}>
            <UnstyledButton
              className="step-row"
              data-selected={entry.nodeId === selected}
              aria-pressed={entry.nodeId === selected}
              onClick={() => onSelect(entry.nodeId)}
            >
              <StepRow entry={entry} node={node} />
            </UnstyledButton>
          </li>
        );
      })}
    </ol>
  );
}

function StepRow({ entry, node }: { entry: TraceEntry; node: FlowGraph['nodes'][number] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const Icon = nodeIcons[node.type];
  const nowMs = useNow(1_000);
  const { status, startedAt, durationMs } = entry;
  const isRunning = status === 'running' && startedAt !== null;
  const shownMs = isRunning ? Math.max(0, nowMs - Date.parse(startedAt)) : durationMs;
  return (
    <>
      <Icon size={18} stroke={1.75} aria-hidden className="step-icon" />
      <span className="step-name">
        <span className="break">{node.label ?? node.id}</span>
        <span className="step-type">{t(`flow.node.${node.type}`)}</span>
      </span>
      <span className="step-time">{shownMs === null ? '' : format.duration(shownMs)}</span>
      <LookBadge look={stepLooks[status]} label={t(`flow.step.${status}`)} />
    </>
  );
}
