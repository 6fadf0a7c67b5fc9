import type { BodyOf } from '@node3/shared/contract';
import type { FlowGraph } from '@node3/shared/flow-graph';
import type { createFlow } from '@node3/shared/routes/flows';

/** What the editor starts with: a job whose words come from the input. */
export const exampleGraph: FlowGraph = {
  start: 'in',
  nodes: [
    { id: 'in', type: 'input', label: 'Input' },
    {
      id: 'work',
      type: 'job',
      label: 'Say it',
      config: {
        spec: {
          name: 'say {{input.word}}',
          workload: {
            kind: 'script',
            language: 'bash',
            code: 'echo "$WORD"',
            env: { WORD: '{{input.word}}' },
          },
          price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
        },
      },
    },
    { id: 'out', type: 'output', label: 'Result', config: { value: '{{steps.work.stdout}}' } },
  ],
  edges: [
    { id: '1', source: 'in', target: 'work' },
    { id: '2', source: 'work', target: 'out' },
  ],
};

/**
 * A graph that was typed. Only its outline is looked at, enough to draw it: the marketplace says what
 * is wrong in it, with the place.
 * @returns null where the text is no JSON, or not the outline of a graph.
 */
export function readGraph(text: string): BodyOf<typeof createFlow>['graph'] | null {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) return null;
  const { start, nodes, edges } = value as Partial<Record<string, unknown>>;
  if (typeof start !== 'string' || !Array.isArray(nodes) || !Array.isArray(edges)) return null;
  const isNamed = (node: unknown) => typeof (node as { id?: unknown } | null)?.id === 'string';
  return nodes.length > 0 && nodes.every(isNamed) ? (value as FlowGraph) : null;
}

/** @returns undefined where the text is no JSON; null for nothing at all. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A graph that can be drawn: all kinds are known, and edges lead to steps. */
export function isDrawable({ nodes, edges }: FlowGraph, kinds: ReadonlySet<string>): boolean {
  const ids = new Set(nodes.map(({ id }) => id));
  if (ids.size !== nodes.length) return false;
  if (!nodes.every(({ type }) => kinds.has(type))) return false;
  return edges.every((edge) => ids.has(edge?.source) && ids.has(edge?.target));
}
