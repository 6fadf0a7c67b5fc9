import { placeholdersIn } from '@node3/shared/template-placeholders';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillSpec, mergePatch, pointerOf } from './template-text.ts';

const none = new Map<string, never>();
const fill = (spec: Record<string, unknown>, plain: Record<string, string | number | boolean>) =>
  fillSpec(spec, { plain: new Map(Object.entries(plain)), secret: none }).spec;

describe('filling a spec', () => {
  it('keeps the type of a whole value and writes text into longer ones', () => {
    const spec = { a: '{{n}}', b: 'n={{n}}{{ n }}', c: ['{{yes}}', 'x'], d: 1, e: null };
    expect(fill(spec, { n: 1.5, yes: false })).toEqual({
      a: 1.5,
      b: 'n=1.51.5',
      c: [false, 'x'],
      d: 1,
      e: null,
    });
  });

  it('drops what was left out, and leaves escaped placeholders', () => {
    expect(fill({ a: '{{x}}', b: ['{{x}}', 'y'], c: 'a{{x}}b', d: '\\{{x}}' }, {})).toEqual({
      b: ['y'],
      c: 'ab',
      d: '{{x}}',
    });
  });

  it('never reads a value as a template', () => {
    const value = '{{b}} $& $1 \\{{b}}';
    expect(fill({ x: '{{a}}', y: '-{{a}}' }, { a: value, b: 'no' })).toEqual({
      x: value,
      y: `-${value}`,
    });
  });

  it('keeps anything without placeholders as it is', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(json, (spec) => {
        fc.pre(!JSON.stringify(spec).includes('{{'));
        const known = JSON.parse(JSON.stringify(spec)) as Record<string, unknown>;
        expect(fill(known, { a: 'x' })).toEqual(known);
        expect(placeholdersIn(known)).toEqual([]);
      }),
    );
  });

  it('puts the mask where a secret was, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uuid(), (before, after, secret) => {
        fc.pre(
          !`${before}${after}`.includes('{') && !before.endsWith('\\') && !after.includes('}'),
        );
        const spec = { workload: { env: { A: `${before}{{s}}${after}`, B: '{{p}}' } } };
        const values = { plain: new Map([['p', 'q']]), secret: new Map([['s', secret]]) };
        const filled = fillSpec(spec, values);
        expect(filled.spec).toEqual({ workload: { env: { A: '[secret]', B: 'q' } } });
        expect(filled.secretEnv).toEqual({ A: `${before}${secret}${after}` });
      }),
    );
  });

  it('writes pointers that name odd fields', () => {
    expect(pointerOf(['a/b', 0, '~'])).toBe('/a~1b/0/~0');
  });
});

describe('a merge patch', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of RFC 7396: %j with %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });
});
