import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import {
  declareParameters,
  parameterProblem,
  parametersFound,
  parametersShown,
  type TypedParameters,
} from './declared-parameters.ts';

const spec = {
  name: 'Hello {{who}}',
  workload: {
    kind: 'script',
    code: 'print("{{who}}", {{times}}, f"{{{{name}}}}")',
    env: { TOKEN: '{{token}}', GREETING: 'Hi {{who}}' },
  },
};

describe('parameters of a template that is saved', () => {
  it('are the names in double braces, once each', () => {
    const found = parametersFound(spec, {});
    expect(found.map(({ name }) => name)).toEqual(['who', 'times', 'name', 'token']);
    expect(found.every(({ form, required }) => form === 'string' && required)).toBe(true);
  });

  it('may be numbers only beside other text, and secrets only in variables', () => {
    const forms = new Map(parametersFound(spec, {}).map((one) => [one.name, one.forms]));
    expect(forms.get('times')).toContain('integer');
    expect(forms.get('times')).not.toContain('secret');
    expect(forms.get('token')).toContain('secret');
    expect(forms.get('token')).not.toContain('integer');
  });

  it('are declared with what was typed, and the rest stays text', () => {
    const typed: TypedParameters = {
      who: { description: ' Whom to greet ', default: 'world' },
      times: { form: 'integer', required: false },
      name: { form: 'kept' },
      token: { form: 'secret' },
    };
    const made = declareParameters(spec, parametersFound(spec, typed));
    expect(made.parameters).toEqual([
      { name: 'who', type: 'string', description: 'Whom to greet', default: 'world' },
      { name: 'times', type: 'integer', required: false },
      { name: 'token', type: 'secret' },
    ]);
    const { code } = made.spec['workload'] as { code: string };
    expect(code).toBe('print("{{who}}", {{times}}, f"{{\\{{name}}}}")');
  });

  it.each([
    [{ form: 'integer', default: '1.5' }, 'integer'],
    [{ form: 'number', default: 'x' }, 'number'],
    [{ form: 'number', default: '1.5' }, null],
    [{ form: 'choice' }, 'choices'],
    [{ form: 'choice', choices: ['a'], default: 'b' }, 'choice'],
    [{ form: 'choice', choices: ['a'], default: 'a' }, null],
    [{ form: 'string', default: 'x' }, null],
  ] as const)('of %o: %s', (typed, problem) => {
    const [, times] = parametersFound(spec, { times: typed });
    expect(times && parameterProblem(times)).toBe(problem);
  });

  it('are found among thousands, and shown until they are seen to be too many', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `n${i}`);
    const code = names.map((name) => `{{${name}}}`).join('');
    const found = parametersFound({ code }, { n0: { form: 'kept' } });
    expect(found).toHaveLength(names.length);
    expect(parametersShown(found)).toEqual(found.slice(0, limits.templateParameters + 2));
    expect(parametersShown(found.slice(0, 3))).toEqual(found.slice(0, 3));
  });
});
