import type { TemplateParameter } from '@node3/shared/template';
import { describe, expect, it } from 'vitest';
import { checkTemplate } from './check-template.ts';

const price = { kind: 'fixed', reward: { amount: '1', asset: 'SOL' } };
const text: TemplateParameter = { name: 'text', type: 'string' };

function problemsOf(spec: Record<string, unknown>, parameters: TemplateParameter[]) {
  try {
    checkTemplate({ spec, parameters });
    return [];
  } catch (error) {
    const { errors } = (error as { context: { errors: { pointer: string; detail: string }[] } })
      .context;
    return errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
  }
}

const container = (extra: object) => ({ workload: { kind: 'container', ...extra }, price });

describe('a template is refused', () => {
  it.each<[string, Record<string, unknown>, TemplateParameter[]]>([
    [
      '/spec/workload/command/0 uses {{text}}, which is not',
      container({ command: ['{{text}}'] }),
      [],
    ],
    ['/parameters/0 is used nowhere', container({ command: ['\\{{text}}'] }), [text]],
    [
      '/parameters/1/name "text" is declared twice',
      container({ command: ['{{text}}'] }),
      [text, text],
    ],
    [
      '/spec/workload/command/0 uses the secret {{text}}',
      container({ command: ['{{text}}'] }),
      [{ name: 'text', type: 'secret' }],
    ],
    [
      '/spec/workload/stdin uses the secret {{text}}',
      container({ stdin: 'a {{ text }}' }),
      [{ name: 'text', type: 'secret' }],
    ],
    [
      '/parameters/0/default does not fit; give a text, at least 9',
      container({ command: ['{{text}}'] }),
      [{ ...text, lengthMin: 9, default: 'short' }],
    ],
    [
      '/parameters/0/min is above max',
      container({ command: ['{{text}}'] }),
      [{ name: 'text', type: 'integer', min: 2, max: 1 }],
    ],
    ['/spec/workload/nope is not a known field', container({ nope: '{{text}}' }), [text]],
    ['/spec/price is required', { workload: { kind: 'container', stdin: '{{text}}' } }, [text]],
    ['/spec uses parameters 257 times', container({ stdin: '{{text}}'.repeat(257) }), [text]],
  ])('with %s', (problem, spec, parameters) => {
    expect(problemsOf(spec, parameters).join('\n')).toContain(problem);
  });

  it('for nesting that could not be written down again', () => {
    let input: unknown = 1;
    for (let i = 0; i < 200; i += 1) input = [input];
    const spec = { workload: { kind: 'script', language: 'python', code: 'x', input }, price };
    expect(problemsOf(spec, []).join()).toContain('/spec must not be nested deeper');
  });
});

describe('a template is taken', () => {
  it('where only values will show whether it fits', () => {
    const spec = {
      ...container({ image: '{{text}}', command: ['{{text}}'] }),
      limits: { runSec: '{{text}}' },
      priority: '{{text}}',
    };
    expect(problemsOf(spec, [text])).toEqual([]);
  });
});
