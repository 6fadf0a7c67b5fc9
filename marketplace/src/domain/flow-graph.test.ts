import type { FlowGraph } from '@node3/shared/flow-graph';
import { describe, expect, it } from 'vitest';
import { graphProblems } from './flow-graph.ts';

const node = (id: string) => ({ id, type: 'transform' as const, config: { value: null } });
const edge = (source: string, target: string, when?: string) => ({
  id: `${source}-${target}-${when ?? ''}`,
  source,
  target,
  ...(when !== undefined && { when }),
});
const graph = (ids: string[], ...edges: FlowGraph['edges']): FlowGraph => ({
  start: ids[0] ?? '',
  nodes: ids.map(node),
  edges,
});
const problems = (one: FlowGraph, ...secrets: string[]) =>
  graphProblems(one, new Set(secrets)).map(({ pointer, detail }) => `${pointer} ${detail}`);
const withNode = (last: FlowGraph['nodes'][number]): FlowGraph => ({
  start: 'a',
  nodes: [node('a'), last],
  edges: [edge('a', last.id)],
});

describe('a graph', () => {
  it('may branch and join', () => {
    const edges = [edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')];
    expect(problems(graph(['a', 'b', 'c', 'd'], ...edges))).toEqual([]);
  });

  it.each<[string, FlowGraph, string[]]>([
    ['an id that is used twice', graph(['a', 'b', 'b'], edge('a', 'b')), ['/nodes/2/id']],
    [
      'an edge id that is used twice',
      graph(['a', 'b'], edge('a', 'b'), edge('a', 'b')),
      ['/edges/1/id'],
    ],
    ['a loop of one', graph(['a'], edge('a', 'a')), ['/edges/0']],
    [
      'a cycle',
      graph(['a', 'b', 'c'], edge('a', 'b'), edge('b', 'c'), edge('c', 'b')),
      ['/edges/1', '/edges/2'],
    ],
    [
      'a cycle through the start',
      graph(['a', 'b'], edge('a', 'b'), edge('b', 'a')),
      ['/edges/0', '/edges/1'],
    ],
    ['an edge to nowhere', graph(['a'], edge('a', 'x')), ['/edges/0/target']],
    ['an edge from nowhere', graph(['a'], edge('x', 'a')), ['/edges/0/source']],
    ['a node that nothing leads to', graph(['a', 'b']), ['/nodes/1']],
    ['a start that is not there', { ...graph(['a']), start: 'x' }, ['/start']],
    [
      'a branch of what does not branch',
      graph(['a', 'b'], edge('a', 'b', 'true')),
      ['/edges/0/when'],
    ],
  ])('[2.13] is refused for %s', (_why, wrong, pointers) => {
    expect(graphProblems(wrong, new Set()).map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe('what a step uses', () => {
  it('are steps before it, the input and secrets in their places', () => {
    const headers = { authorization: 'Bearer {{secret.TOKEN}}' };
    const config = { url: 'http://x/{{steps.a.id}}', headers, method: 'POST' as const };
    const good = withNode({ id: 'b', type: 'http', config: { ...config, body: '{{input}}' } });
    expect(problems(good, 'TOKEN')).toEqual([]);
    expect(problems(good)[0]).toContain('/nodes/1/config/headers/authorization');
    const leaking = { ...config, body: '{{secret.TOKEN}}' };
    expect(problems(withNode({ id: 'b', type: 'http', config: leaking }), 'TOKEN')[0]).toContain(
      '/nodes/1/config/body {{secret.TOKEN}} is a secret',
    );
  });

  it.each(['{{steps.b.x}}', '{{steps.none}}', '{{other}}', '{{1 + 1}}'])('is never %s', (value) => {
    const found = problems(withNode({ id: 'b', type: 'transform', config: { value } }));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`/nodes/1/config/value ${value}`);
  });

  it('has conditions that can be read', () => {
    const check = (config: object) =>
      problems(withNode({ id: 'b', type: 'condition', config }))[0] ?? 'good';
    expect(check({ if: { left: '{{input}}', op: 'eq', right: 1 } })).toBe('good');
    expect(check({ switch: '{{input.kind}}' })).toBe('good');
    expect(check({})).toContain('exactly one of if and switch');
    expect(check({ if: { left: 1, op: 'like' } })).toContain('/nodes/1/config/if/op');
    expect(check({ if: { all: [{ not: { left: 1 } }] } })).toContain('/if/all/0/not');
    expect(check({ if: { all: [] } })).toContain('a list of 1 to');
    expect(check({ if: { op: 'eq', left: 1, rigth: 2 } })).toContain('unknown field rigth');
    let deep: object = { left: 1, op: 'exists' };
    for (let depth = 0; depth < 9; depth += 1) deep = { not: deep };
    expect(check({ if: deep })).toContain('nested deeper');
  });

  it('has no body where none is sent, and no header that is not its own', () => {
    const cookie = { url: 'http://x/', headers: { Cookie: 'x' } };
    expect(problems(withNode({ id: 'b', type: 'http', config: cookie }))).toEqual([
      '/nodes/1/config/headers/Cookie is not for a step to set',
    ]);
    const config = { url: 'http://x/', body: 'x' };
    expect(problems(withNode({ id: 'b', type: 'http', config }))).toEqual([
      '/nodes/1/config/body is not sent with GET; use POST or PUT',
    ]);
  });
});
