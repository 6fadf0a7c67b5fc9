import { describe, expect, it } from 'vitest';
import { exampleGraph, isDrawable, parseJson, readGraph } from './flow-draft.ts';

const kinds = new Set(['input', 'job', 'output']);

describe('readGraph', () => {
  it('takes what has the outline of a graph', () => {
    expect(readGraph(JSON.stringify(exampleGraph))).toEqual(exampleGraph);
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"start":"a"}',
    '{"start":"a","nodes":[],"edges":[]}',
    '{"start":"a","nodes":[null],"edges":[]}',
  ])('takes nothing of %j', (text) => expect(readGraph(text)).toBeNull());
});

describe('isDrawable', () => {
  it('wants known kinds, one step of each id, and edges between steps', () => {
    expect(isDrawable(exampleGraph, kinds)).toBe(true);
    expect(isDrawable(exampleGraph, new Set(['input']))).toBe(false);
    const { nodes, edges } = exampleGraph;
    expect(isDrawable({ ...exampleGraph, nodes: [...nodes, ...nodes] }, kinds)).toBe(false);
    const nowhere = { id: '3', source: 'out', target: 'nowhere' };
    expect(isDrawable({ ...exampleGraph, edges: [...edges, nowhere] }, kinds)).toBe(false);
    expect(isDrawable({ ...exampleGraph, edges: [null as never] }, kinds)).toBe(false);
  });
});

describe('parseJson', () => {
  it('tells nothing from what is no JSON', () => {
    expect(parseJson('  ')).toBeNull();
    expect(parseJson('{"a":1}')).toEqual({ a: 1 });
    expect(parseJson('{a}')).toBeUndefined();
  });
});
