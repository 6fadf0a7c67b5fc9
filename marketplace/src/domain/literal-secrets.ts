import type { FieldProblem } from '@node3/shared/error';
import { pointerOf } from './template-text.ts';

/** Names under which people keep what nobody else may know. */
const secretName = /KEY|TOKEN|SECRET|PASSW|CREDENTIAL/i;

/** Variables with such a name whose value stands in the spec, instead of coming from a parameter. */
export function literalSecrets(spec: Record<string, unknown>, version: number): FieldProblem[] {
  const { env = {} } = (spec['workload'] ?? {}) as { env?: Record<string, unknown> };
  return Object.entries(env)
    .filter(([name, value]) => secretName.test(name) && !/\{\{\w+\}\}/.test(String(value)))
    .map(([name]) => ({
      pointer: `/spec${pointerOf(['workload', 'env', name])}`,
      detail: `of version ${version} looks like a secret that everybody could read; make it a parameter of type secret in a template of its own`,
    }));
}
