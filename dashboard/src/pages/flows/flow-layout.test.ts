import type { FlowGraph } from '@node3/shared/flow-graph';
import { expect, it } from 'vitest';
import { nodeHeight, nodeWidth, placeNodes } from './flow-layout.ts';

const graph: FlowGraph = {
  start: 'in',
  nodes: ['in', 'left', 'right', 'out'].map((id) => ({
    id,
    type: 'transform',
    config: { value: 1 },
  })),
  edges: [
    { id: '1', source: 'in', target: 'left' },
    { id: '2', source: 'in', target: 'right' },
    { id: '3', source: 'left', target: 'out' },
    { id: '4', source: 'right', target: 'out' },
  ],
};

it.each([
  ['LR', 'x', nodeWidth],
  ['TB', 'y', nodeHeight],
] as const)('puts every step behind those it waits for, %s', (direction, axis, size) => {
  const placed = new Map(placeNodes(graph, direction).map((node) => [node.id, node]));
  for (const { source, target } of graph.edges) {
    const [from, to] = [placed.get(source), placed.get(target)];
    expect(to?.[axis]).toBeGreaterThanOrEqual((from?.[axis] ?? 0) + size);
  }
});

it('lays no node over another', () => {
  const placed = placeNodes(graph, 'LR');
  for (const one of placed) {
    for (const other of placed) {
      if (one === other) continue;
      const apart =
        Math.abs(one.x - other.x) >= nodeWidth || Math.abs(one.y - other.y) >= nodeHeight;
      expect(apart).toBe(true);
    }
  }
});
