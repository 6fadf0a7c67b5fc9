import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { TemplateRun } from '@node3/shared/routes/templates';
import { secretMask } from '@node3/shared/secret-mask';
import { placeholdersIn } from '@node3/shared/template-placeholders';
import { readParameters } from '../domain/template-parameters.ts';
import { fillSpec, mergePatch, pointerOf } from '../domain/template-text.ts';
import type { TemplateVersionRow } from '../store/template-store.ts';
import { invalid, specProblems } from './check-template.ts';
import { isDeeperThan } from './json-depth.ts';

export interface FilledTemplate {
  /** With the mask where a secret belongs. */
  spec: JobSpecInput;
  secretEnv: Record<string, string>;
  /** Values of declared secrets. */
  secrets: Record<string, string>;
  /** What was given for secret parameters, of which those are made. */
  secretParts: string[];
}

/** The spec of one job. Throws REQUEST_INVALID, with pointers into the run that was asked for. */
export function fillTemplate(
  version: TemplateVersionRow,
  { parameters = {}, overrides = {} }: Pick<TemplateRun, 'parameters' | 'overrides'>,
): FilledTemplate {
  const values = readParameters(version.parameters, parameters);
  if (values.problems.length > 0) throw invalid(values.problems);
  if (isDeeperThan(overrides, limits.jsonDepthMax)) {
    const detail = `must not be nested deeper than ${limits.jsonDepthMax} levels`;
    throw invalid([{ pointer: '/overrides', detail }]);
  }
  const filled = fillSpec(version.spec, values);
  const spec = mergePatch(filled.spec, overrides);
  const secretEnv = withoutOverridden(filled.secretEnv, spec);
  const { secrets } = filled;
  const problems = [...specProblems(spec), ...lengthProblems(secretEnv, secrets)];
  if (problems.length > 0) throw invalid(problems.map((problem) => blame(version, problem)));
  const secretParts = [...values.secret.values()];
  return { spec: spec as JobSpecInput, secretEnv, secrets, secretParts };
}

/** An override of a variable replaces the secret in it. */
export function withoutOverridden(secretEnv: Record<string, string>, spec: unknown) {
  const env = (spec as { workload?: { env?: Record<string, unknown> } }).workload?.env;
  const kept = Object.entries(secretEnv).filter(([name]) => env?.[name] === secretMask);
  return Object.fromEntries(kept);
}

/** The spec is checked with the mask in it, which is never too long. */
function lengthProblems(secretEnv: Record<string, string>, secrets: Record<string, string>) {
  const long = Object.entries(secretEnv)
    .filter(([, value]) => value.length > limits.environmentValueBytes)
    .map(([name]) => ({
      pointer: pointerOf(['workload', 'env', name]),
      detail: `must NOT have more than ${limits.environmentValueBytes} characters`,
    }));
  const wrong = Object.entries(secrets)
    .filter(([, { length }]) => length < limits.secretChars || length > limits.secretValueChars)
    .map(([name]) => ({
      pointer: pointerOf(['secrets', name, 'value']),
      detail: `must have ${limits.secretChars} to ${limits.secretValueChars} characters`,
    }));
  return [...long, ...wrong];
}

/** A wrong place in the spec is the doing of the parameters that fill it, if any do. */
function blame(version: TemplateVersionRow, problem: { pointer: string; detail: string }) {
  const { pointer, detail } = problem;
  const use = placeholdersIn(version.spec).find(({ path }) => pointerOf(path) === pointer);
  if (use === undefined) return { pointer: `/spec${pointer}`, detail };
  return { pointer: `/parameters/${use.name}`, detail: `fills ${pointer}, which ${detail}` };
}
