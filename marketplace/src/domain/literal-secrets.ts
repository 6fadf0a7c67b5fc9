import type { FieldProblem } from '@node3/shared/error';
import type { TemplateContent } from '../store/template-store.ts';
import { defaultOf } from './template-parameters.ts';
import { pointerOf } from './template-text.ts';

/** Names under which people keep what nobody else may know. */
const secretName = /KEY|TOKEN|SECRET|PASSW|CREDENTIAL/i;

/**
 * Variables with such a name whose value stands in the spec or in the default of a parameter, instead of
 * being given for each job.
 */
export function literalSecrets(
  { spec, parameters }: Pick<TemplateContent, 'spec' | 'parameters'>,
  version: number,
): FieldProblem[] {
  const given = parameters.filter((parameter) => (defaultOf(parameter) ?? '') === '');
  const isGiven = (value: string) => given.some(({ name }) => value.includes(`{{${name}}}`));
  const { env = {} } = (spec['workload'] ?? {}) as { env?: Record<string, unknown> };
  return Object.entries(env)
    .filter(([name, value]) => secretName.test(name) && !isGiven(String(value)))
    .map(([name]) => ({
      pointer: `/spec${pointerOf(['workload', 'env', name])}`,
      detail: `of version ${version} looks like a secret that everybody could read; make it a parameter of type secret in a template of its own`,
    }));
}
