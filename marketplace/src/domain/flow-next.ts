import type { FlowEdge, FlowGraph } from '@node3/shared/flow-graph';
import { type FlowStepState, isTerminalFlowStep } from '@node3/shared/flow-state';
import { topologicalOrder } from './flow-graph.ts';

export interface StepSight {
  nodeId: string;
  state: FlowStepState;
  /** What a condition gave; null for all others. */
  branch: string | null;
}

export interface FlowNext {
  /** Steps whose turn it is, in an order in which they could run one by one. */
  ready: string[];
  /** Steps to which no taken edge leads any more. */
  skipped: string[];
  /** Nothing runs and nothing will. */
  isOver: boolean;
}

/**
 * What comes next in a run. A step waits until all steps before it are over, and runs when at least
 * one taken edge leads to it: an edge is taken when its source was completed and, behind a condition,
 * when it is the branch that was chosen.
 * @param steps one for each node of the graph, which has no cycle
 */
export function flowNext(graph: FlowGraph, steps: readonly StepSight[]): FlowNext {
  const known = new Map(steps.map((step) => [step.nodeId, step]));
  const incoming = Map.groupBy(graph.edges, ({ target }) => target);
  const outgoing = Map.groupBy(graph.edges, ({ source }) => source);
  const skipped = new Set<string>();
  const ready: string[] = [];
  const isOver = (nodeId: string) =>
    skipped.has(nodeId) || isTerminalFlowStep(known.get(nodeId)?.state ?? 'skipped');
  for (const nodeId of topologicalOrder(graph) ?? []) {
    if (known.get(nodeId)?.state !== 'pending') continue;
    const edges = incoming.get(nodeId) ?? [];
    if (!edges.every(({ source }) => isOver(source))) continue;
    const isTakenTo = (edge: FlowEdge) =>
      !skipped.has(edge.source) &&
      isTaken(edge, known.get(edge.source), outgoing.get(edge.source) ?? []);
    if (edges.length === 0 || edges.some(isTakenTo)) ready.push(nodeId);
    else skipped.add(nodeId);
  }
  const isRunning = steps.some(({ state }) => state === 'running');
  const open = steps.filter(({ state, nodeId }) => state === 'pending' && !skipped.has(nodeId));
  return {
    ready,
    skipped: [...skipped],
    isOver: !isRunning && ready.length === 0 && open.length === 0,
  };
}

function isTaken(
  { when }: FlowEdge,
  source: StepSight | undefined,
  siblings: readonly FlowEdge[],
): boolean {
  if (source?.state !== 'completed') return false;
  if (when === undefined) return true;
  if (when === source.branch) return true;
  return when === 'else' && !siblings.some((edge) => edge.when === source.branch);
}
