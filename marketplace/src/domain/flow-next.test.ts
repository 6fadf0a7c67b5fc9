import type { FlowGraph } from '@node3/shared/flow-graph';
import { isTerminalFlowStep } from '@node3/shared/flow-state';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphProblems } from './flow-graph.ts';
import { flowNext, type StepSight } from './flow-next.ts';

const condition = (id: string) => ({ id, type: 'condition' as const, config: { switch: 'x' } });
const plain = (id: string) => ({ id, type: 'input' as const });
const edge = (source: string, target: string, when?: string) => ({
  id: `${source}-${target}-${when ?? ''}`,
  source,
  target,
  ...(when !== undefined && { when }),
});
const step = (nodeId: string, state: StepSight['state'], branch: string | null = null) => ({
  nodeId,
  state,
  branch,
});

describe('what comes next', () => {
  const graph: FlowGraph = {
    start: 'a',
    nodes: [condition('a'), plain('yes'), plain('no'), plain('after-no'), plain('join')],
    edges: [
      edge('a', 'yes', 'true'),
      edge('a', 'no', 'else'),
      edge('no', 'after-no'),
      edge('yes', 'join'),
      edge('after-no', 'join'),
    ],
  };
  const others = (...states: StepSight['state'][]) =>
    ['yes', 'no', 'after-no', 'join'].map((id, index) => step(id, states[index] ?? 'pending'));

  it('is the start of a new run', () => {
    expect(flowNext(graph, [step('a', 'pending'), ...others()])).toEqual({
      ready: ['a'],
      skipped: [],
      isOver: false,
    });
  });

  it('[2.13] is the branch that was chosen; the other one is skipped to its end', () => {
    expect(flowNext(graph, [step('a', 'completed', 'true'), ...others()])).toEqual({
      ready: ['yes'],
      skipped: ['no', 'after-no'],
      isOver: false,
    });
    expect(flowNext(graph, [step('a', 'completed', 'other'), ...others()])).toEqual({
      ready: ['no'],
      skipped: ['yes'],
      isOver: false,
    });
  });

  it('is a join once all that was not skipped before it is over', () => {
    const waiting = [step('a', 'completed', 'true'), ...others('running', 'skipped', 'skipped')];
    expect(flowNext(graph, waiting)).toEqual({ ready: [], skipped: [], isOver: false });
    const done = [step('a', 'completed', 'true'), ...others('completed', 'skipped', 'skipped')];
    expect(flowNext(graph, done).ready).toEqual(['join']);
  });

  it('is nothing in a run that is over', () => {
    const done = others('completed', 'skipped', 'skipped', 'completed');
    const next = flowNext(graph, [step('a', 'completed', 'true'), ...done]);
    expect(next).toEqual({ ready: [], skipped: [], isOver: true });
  });
});

/** Edges lead from earlier nodes to later ones, and each node but the first has one. */
const graphs = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(undefined, 'true', 'false', 'else')), {
        maxLength: 20,
      }),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(undefined, 'true', 'false', 'else')), {
        minLength: size,
        maxLength: size,
      }),
    )
    .map(([branching, extra, parents]): FlowGraph => {
      const nodes = branching.map((is, i) => (is ? condition(`n${i}`) : plain(`n${i}`)));
      const whenOf = (source: number, when: string | undefined) =>
        branching[source] === true ? when : undefined;
      const pairs = [
        ...parents.slice(1).map(([parent, when], i) => [parent % (i + 1), i + 1, when] as const),
        ...extra.flatMap(([a, b, when]) => {
          const [source, target] = [a % size, b % size].toSorted((x, y) => x - y);
          return source === target ? [] : [[source ?? 0, target ?? 0, when] as const];
        }),
      ];
      const edges = pairs.map(([source, target, when], i) => ({
        ...edge(`n${source}`, `n${target}`, whenOf(source, when)),
        id: `e${i}`,
      }));
      return { start: 'n0', nodes, edges };
    }),
);

describe('any graph without a cycle', () => {
  it('[2.13] runs to its end: each step at most once, after all that lead to it, whatever is chosen', () => {
    fc.assert(
      fc.property(graphs, fc.infiniteStream(fc.nat()), (graph, choices) => {
        const bad = graphProblems(graph, new Set());
        fc.pre(!bad.some(({ pointer }) => pointer.startsWith('/edges')));
        const states = new Map<string, StepSight>(
          graph.nodes.map(({ id }) => [id, step(id, 'pending')]),
        );
        const choose = (max: number) => (choices.next().value ?? 0) % max;
        for (let turn = 0; ; turn += 1) {
          expect(turn).toBeLessThan(60);
          const next = flowNext(graph, [...states.values()]);
          for (const id of next.skipped) states.set(id, step(id, 'skipped'));
          for (const id of next.ready) {
            expect(states.get(id)?.state).toBe('pending');
            const before = graph.edges.filter(({ target }) => target === id);
            expect(
              before.every(({ source }) =>
                isTerminalFlowStep(states.get(source)?.state ?? 'pending'),
              ),
            ).toBe(true);
            states.set(id, step(id, 'running'));
          }
          const running = [...states.values()].filter(({ state }) => state === 'running');
          expect(next.isOver).toBe(running.length === 0);
          if (next.isOver) break;
          const ended = running[choose(running.length)];
          const branch = ['true', 'false', 'x'][choose(3)] ?? null;
          if (ended !== undefined)
            states.set(ended.nodeId, { ...ended, state: 'completed', branch });
        }
        expect([...states.values()].every(({ state }) => isTerminalFlowStep(state))).toBe(true);
        expect(states.get('n0')?.state).toBe('completed');
      }),
      { numRuns: 300 },
    );
  });
});
