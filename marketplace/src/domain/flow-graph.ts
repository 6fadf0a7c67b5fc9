import type { FieldProblem } from '@node3/shared/error';
import type { FlowEdge, FlowGraph, FlowNode } from '@node3/shared/flow-graph';
import { conditionProblems } from './flow-condition.ts';
import { usesIn } from './flow-values.ts';

type RequestConfig = Extract<FlowNode, { type: 'http' | 'llm' }>['config'];

/** Everything that is wrong with a graph, at pointers into it; an empty list is a good one. */
export function graphProblems(graph: FlowGraph, secretNames: ReadonlySet<string>): FieldProblem[] {
  const shape = [...idProblems(graph), ...edgeProblems(graph)];
  if (shape.length > 0) return shape;
  const order = topologicalOrder(graph);
  if (order === null) return cycleProblems(graph);
  return [...reachProblems(graph), ...useProblems(graph, order, secretNames)];
}

function idProblems({ start, nodes, edges }: FlowGraph): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const twice = (kind: 'nodes' | 'edges', things: readonly { id: string }[]) => {
    const seen = new Set<string>();
    for (const [index, { id }] of things.entries()) {
      const detail = `"${id}" is used twice; give each an id of its own`;
      if (seen.has(id)) problems.push({ pointer: `/${kind}/${index}/id`, detail });
      seen.add(id);
    }
  };
  twice('nodes', nodes);
  twice('edges', edges);
  if (!nodes.some(({ id }) => id === start)) {
    problems.push({ pointer: '/start', detail: `there is no node "${start}"` });
  }
  return problems;
}

function edgeProblems({ nodes, edges }: FlowGraph): FieldProblem[] {
  const types = new Map(nodes.map(({ id, type }) => [id, type]));
  return edges.flatMap((edge, index): FieldProblem[] => {
    const { source, target, when } = edge;
    const at = `/edges/${index}`;
    if (!types.has(source))
      return [{ pointer: `${at}/source`, detail: `there is no node "${source}"` }];
    if (!types.has(target))
      return [{ pointer: `${at}/target`, detail: `there is no node "${target}"` }];
    if (source === target) {
      return [{ pointer: at, detail: `leads from "${source}" to itself; a step runs once` }];
    }
    if (when === undefined || types.get(source) === 'condition') return [];
    return [{ pointer: `${at}/when`, detail: 'is for edges that leave a node of type condition' }];
  });
}

/** null where a cycle is. Nodes keep their order where edges don't say another one. */
export function topologicalOrder({ nodes, edges }: FlowGraph): string[] | null {
  const waiting = new Map(nodes.map(({ id }) => [id, 0]));
  const after = edgesBySource(edges);
  for (const { target } of edges) waiting.set(target, (waiting.get(target) ?? 0) + 1);
  const order = nodes.filter(({ id }) => waiting.get(id) === 0).map(({ id }) => id);
  // The list grows while it is walked.
  for (const id of order) {
    for (const { target } of after.get(id) ?? []) {
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) order.push(target);
    }
  }
  return order.length === nodes.length ? order : null;
}

export function edgesBySource(edges: readonly FlowEdge[]): Map<string, FlowEdge[]> {
  return Map.groupBy(edges, ({ source }) => source);
}

/** Names the edges that close a circle. */
function cycleProblems({ nodes, edges }: FlowGraph): FieldProblem[] {
  return edges.flatMap(({ source, target }, index): FieldProblem[] => {
    if (!downstreamOf({ nodes, edges }, target).has(source)) return [];
    const detail = `closes a cycle: "${target}" leads back to "${source}"; take one of the edges away`;
    return [{ pointer: `/edges/${index}`, detail }];
  });
}

/** A node and all that come after it. */
export function downstreamOf(
  { edges }: Pick<FlowGraph, 'nodes' | 'edges'>,
  nodeId: string,
): Set<string> {
  const after = edgesBySource(edges);
  const found = new Set([nodeId]);
  for (const id of found) for (const { target } of after.get(id) ?? []) found.add(target);
  return found;
}

function reachProblems(graph: FlowGraph): FieldProblem[] {
  const reached = downstreamOf(graph, graph.start);
  return graph.nodes.flatMap(({ id }, index): FieldProblem[] =>
    reached.has(id)
      ? []
      : [
          {
            pointer: `/nodes/${index}`,
            detail: `"${id}" is not reachable from "${graph.start}", where the flow starts`,
          },
        ],
  );
}

function useProblems(
  graph: FlowGraph,
  order: readonly string[],
  secretNames: ReadonlySet<string>,
): FieldProblem[] {
  const before = upstreams(graph, order);
  return graph.nodes.flatMap((node, index) => {
    const at = `/nodes/${index}/config`;
    const known = before.get(node.id) ?? new Set();
    const uses = usesIn(node.config, at).flatMap(({ pointer, text, path }): FieldProblem[] => {
      const [root, name] = path ?? [];
      const say = (detail: string) => [{ pointer, detail: `{{${text}}} ${detail}` }];
      if (root === 'input') return [];
      if (root === 'steps' && typeof name === 'string') {
        return known.has(name) ? [] : say('is no step that is over before this one');
      }
      if (root !== 'secret' || typeof name !== 'string') {
        return say('is no path; write input.…, steps.<id>.… or secret.<NAME>');
      }
      if (!maySecretStand(node, pointer.slice(at.length))) {
        return say(
          'is a secret; it may stand in headers of a request, and in values of secrets of a job',
        );
      }
      return secretNames.has(name) ? [] : say('is not among the secrets that came with it');
    });
    return [...uses, ...configProblems(node, at)];
  });
}

function maySecretStand({ type }: FlowNode, pointer: string): boolean {
  if (type === 'http' || type === 'llm') return /^\/headers\/[^/]+$/.test(pointer);
  return type === 'job' && /^\/spec\/secrets\/[^/]+\/value$/.test(pointer);
}

function configProblems(step: FlowNode, at: string): FieldProblem[] {
  if (step.type === 'http' || step.type === 'llm') return requestProblems(step.config, at);
  if (step.type !== 'condition') return [];
  const { if: condition, switch: text } = step.config;
  if ((condition === undefined) === (text === undefined)) {
    return [{ pointer: at, detail: 'give exactly one of if and switch' }];
  }
  return condition === undefined ? [] : conditionProblems(condition, `${at}/if`);
}

/** What the transport sets, or what would carry an identity that nobody gave. */
const notFromSteps =
  /^(host|connection|content-length|transfer-encoding|cookie|proxy-authorization|expect|upgrade)$/i;

function requestProblems(
  { method = 'GET', headers = {}, body }: RequestConfig,
  at: string,
): FieldProblem[] {
  const problems = Object.keys(headers)
    .filter((name) => notFromSteps.test(name))
    .map((name) => ({ pointer: `${at}/headers/${name}`, detail: 'is not for a step to set' }));
  const isBodyless = method === 'GET' || method === 'HEAD';
  if (body === undefined || !isBodyless) return problems;
  const detail = `is not sent with ${method}; use POST or PUT`;
  return [...problems, { pointer: `${at}/body`, detail }];
}

/** All that come before each node. */
function upstreams(
  { edges }: FlowGraph,
  order: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const after = edgesBySource(edges);
  const before = new Map(order.map((id) => [id, new Set<string>()]));
  for (const id of order) {
    for (const { target } of after.get(id) ?? []) {
      const set = before.get(target);
      for (const earlier of before.get(id) ?? []) set?.add(earlier);
      set?.add(id);
    }
  }
  return before;
}
