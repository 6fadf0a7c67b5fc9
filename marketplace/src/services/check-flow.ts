import type { FieldProblem } from '@node3/shared/error';
import type { FlowGraph } from '@node3/shared/flow-graph';
import { limits } from '@node3/shared/limits';
import { graphProblems } from '../domain/flow-graph.ts';
import { usesIn } from '../domain/flow-values.ts';
import { invalid, specProblems } from './check-template.ts';
import { isDeeperThan } from './json-depth.ts';

/**
 * Refuses a graph that could not run, with REQUEST_INVALID and pointers into the request.
 * @param pointer where the graph lies in the request
 */
export function checkFlow(
  graph: FlowGraph,
  { pointer, secretNames }: { pointer: string; secretNames: readonly string[] },
): void {
  const say = (detail: string) => invalid([{ pointer, detail }]);
  if (isDeeperThan(graph, limits.jsonDepthMax)) {
    throw say(`must not be nested deeper than ${limits.jsonDepthMax} levels`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(graph));
  if (bytes > limits.flowGraphBytes) {
    throw say(`has ${bytes} bytes as JSON; ${limits.flowGraphBytes} is the most`);
  }
  const problems = [...graphProblems(graph, new Set(secretNames)), ...jobProblems(graph)];
  if (problems.length === 0) return;
  throw invalid(problems.map((one) => ({ ...one, pointer: `${pointer}${one.pointer}` })));
}

/** What is wrong with specs of jobs whatever their placeholders become. */
function jobProblems({ nodes }: FlowGraph): FieldProblem[] {
  return nodes.flatMap((node, index): FieldProblem[] => {
    if (node.type !== 'job') return [];
    const { spec } = node.config;
    const filled = new Set(usesIn(spec).map(({ pointer }) => pointer));
    return specProblems(spec)
      .filter(({ pointer }) => !filled.has(pointer))
      .map(({ pointer, detail }) => ({ pointer: `/nodes/${index}/config/spec${pointer}`, detail }));
  });
}

/** Refuses an input that is too large or nested too deep. */
export function checkFlowInput(input: unknown): void {
  const say = (detail: string) => invalid([{ pointer: '/input', detail }]);
  if (isDeeperThan(input, limits.jsonDepthMax)) {
    throw say(`must not be nested deeper than ${limits.jsonDepthMax} levels`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(input ?? null));
  if (bytes > limits.flowInputBytes) {
    throw say(`has ${bytes} bytes as JSON; ${limits.flowInputBytes} is the most`);
  }
}
