import { graphlib, layout } from '@dagrejs/dagre';
import type { FlowGraph } from '@node3/shared/flow-graph';

export interface PlacedNode {
  id: string;
  /** Of its top left corner, in pixels. */
  x: number;
  y: number;
}

export const nodeWidth = 232;
export const nodeHeight = 62;

/** Places the nodes of a graph in layers, from left to right or from top to bottom. */
export function placeNodes(graph: FlowGraph, direction: 'LR' | 'TB'): PlacedNode[] {
  const drawing = new graphlib.Graph();
  drawing.setGraph({ rankdir: direction, nodesep: 28, ranksep: 56 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const { id } of graph.nodes) {
    drawing.setNode(id, { width: nodeWidth, height: nodeHeight });
  }
  for (const { source, target } of graph.edges) drawing.setEdge(source, target);
  layout(drawing);
  return graph.nodes.map(({ id }) => {
    const { x, y } = drawing.node(id);
    return { id, x: x - nodeWidth / 2, y: y - nodeHeight / 2 };
  });
}
