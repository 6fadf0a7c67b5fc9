import '@xyflow/react/dist/base.css';
import './flow-canvas.css';
import { useComputedColorScheme } from '@mantine/core';
import type { FlowGraph, FlowNode } from '@node3/shared/flow-graph';
import type { FlowStepState } from '@node3/shared/flow-state';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { nodeHeight, nodeWidth, placeNodes } from './flow-layout.ts';
import { stepLooks } from './flow-looks.ts';
import { nodeIcons } from './node-icons.ts';

export interface FlowCanvasProps {
  graph: FlowGraph;
  /** Of the steps of a run; absent for a graph that isn't running. */
  states?: ReadonlyMap<string, FlowStepState>;
  selected: string | null;
  onSelect: (nodeId: string) => void;
}

interface StepData extends Record<string, unknown> {
  node: FlowNode;
  state: FlowStepState | null;
}
type StepNode = Node<StepData, 'step'>;

const nodeTypes = { step: Step };

/** The picture of a graph. What it says is in the list of steps as well, for whoever doesn't see it. */
export function FlowCanvas({ graph, states, selected, onSelect }: FlowCanvasProps) {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme();
  const places = useMemo(
    () => new Map(placeNodes(graph, 'LR').map((one) => [one.id, one])),
    [graph],
  );
  const nodes: StepNode[] = graph.nodes.map((node) => ({
    id: node.id,
    type: 'step',
    position: { x: places.get(node.id)?.x ?? 0, y: places.get(node.id)?.y ?? 0 },
    width: nodeWidth,
    height: nodeHeight,
    selected: node.id === selected,
    data: { node, state: states?.get(node.id) ?? null },
  }));
  return (
    <div className="flow-canvas" role="figure" aria-label={t('flow.picture')}>
      <ReactFlow
        nodes={nodes}
        edges={edgesOf(graph, states)}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        onNodeClick={(_event, node) => onSelect(node.id)}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        disableKeyboardA11y
        preventScrolling={false}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.15}
        proOptions={{ hideAttribution: true }}
      >
        <Background gap={20} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

/** An edge counts as taken when both its ends have begun. */
function edgesOf(graph: FlowGraph, states: FlowCanvasProps['states']): Edge[] {
  return graph.edges.map(({ id, source, target, when }) => {
    const [from, to] = [states?.get(source), states?.get(target)];
    const isTaken =
      from === 'completed' && to !== undefined && to !== 'skipped' && to !== 'pending';
    return {
      id,
      source,
      target,
      ...(when === undefined ? {} : { label: when }),
      className: states === undefined ? '' : isTaken ? 'flow-edge-taken' : 'flow-edge-open',
      markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
    };
  });
}

function Step({ data: { node, state }, selected }: NodeProps<StepNode>) {
  const { t } = useTranslation();
  const Icon = nodeIcons[node.type];
  const look = state === null ? null : stepLooks[state];
  return (
    <div className="flow-node" data-state={state ?? 'none'} data-selected={selected}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Icon size={18} stroke={1.75} aria-hidden className="flow-node-icon" />
      <div className="flow-node-text">
        <span className="flow-node-name">{node.label ?? node.id}</span>
        <span className="flow-node-note">
          {t(`flow.node.${node.type}`)}
          {state !== null && ` · ${t(`flow.step.${state}`)}`}
        </span>
      </div>
      {look !== null && (
        <look.icon size={16} stroke={2.25} aria-hidden className="flow-node-mark" />
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}
