import { describe, expect, it } from 'vitest';
import {
  FilledTooLarge,
  fillValue,
  parsePath,
  usesIn,
  valueAt,
  withoutTexts,
} from './flow-values.ts';

const values = {
  input: { name: 'Ada', list: [{ id: 7 }], 'odd key': true },
  steps: new Map<string, unknown>([['fetch-1', { body: { n: 2, text: 'x' } }]]),
};
const fill = (template: unknown) => fillValue(template, (path) => valueAt(values, path));

describe('a path', () => {
  it.each([
    ['input', ['input']],
    [' input.list[0].id ', ['input', 'list', 0, 'id']],
    ['steps.fetch-1.body.n', ['steps', 'fetch-1', 'body', 'n']],
    ['steps.1st.x', ['steps', '1st', 'x']],
    ['input["odd key"]', ['input', 'odd key']],
  ])('%s is read', (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });

  it.each(['', '.input', 'input..a', 'input.', 'input[a]', 'input a', 'a+b', 'input["a'])(
    '%j is none',
    (text) => {
      expect(parsePath(text)).toBeNull();
    },
  );
});

describe('filling', () => {
  it('keeps the type of a value that is the whole text, and writes all others into it', () => {
    const template = {
      whole: '{{input.list}}',
      number: '{{ steps.fetch-1.body.n }}',
      text: 'Hello {{input.name}}, {{steps.fetch-1.body.n}} {{input.list[0]}}',
      odd: '{{input["odd key"]}}',
      missing: '{{input.none.deep}}',
      inside: 'a{{input.none}}b',
      literal: '\\{{input.name}} stays',
      list: [1, '{{input.name}}'],
    };
    expect(fill(template)).toEqual({
      whole: [{ id: 7 }],
      number: 2,
      text: 'Hello Ada, 2 {"id":7}',
      odd: true,
      missing: null,
      inside: 'ab',
      literal: '{{input.name}} stays',
      list: [1, 'Ada'],
    });
  });

  it('reaches own fields only', () => {
    expect(
      fill(['{{input.constructor}}', '{{input.name.length}}', '{{steps.x.__proto__}}']),
    ).toEqual([null, null, null]);
  });

  it('stops before small texts become large ones', () => {
    const large = { input: 'x'.repeat(10_000), steps: new Map() };
    const template = Array.from({ length: 200 }, () => '{{input}}');
    expect(() => fillValue(template, (path) => valueAt(large, path))).toThrow(FilledTooLarge);
  });
});

it('finds every use with its place', () => {
  expect(usesIn({ a: ['{{input}} and {{nonsense path}}'], 'b/c': '\\{{no}}' })).toEqual([
    { pointer: '/a/0', text: 'input', path: ['input'] },
    { pointer: '/a/0', text: 'nonsense path', path: null },
  ]);
});

it('masks a text whole that begins with another one, and masks no mask', () => {
  expect(withoutTexts('abcdef abc', ['abc', 'abcdef'], '*')).toBe('* *');
  expect(withoutTexts('abcd', ['abc', 'cd'], '*')).toBe('*');
  const letters = ['[', 's', 'e', 'c', 'r', 't', ']'];
  expect(withoutTexts('rest', letters, '[secret]')).toBe('[secret]'.repeat(4));
});

it('masks texts wherever they stand, and leaves all else what it is', () => {
  const value = { list: [true, 12, 'he', 'x'], 'a"b': 'a"b!', n: 123, nil: null };
  expect(withoutTexts(value, ['12', 'e', 'a"b'], '*')).toEqual({
    list: [true, '*', 'h*', 'x'],
    '*': '*!',
    n: 123,
    nil: null,
  });
});
