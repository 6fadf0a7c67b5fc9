import { assertNever } from '@node3/shared/assert';
import { type FieldProblem, MarketError } from '@node3/shared/error';
import { createMessageValidator } from '@node3/shared/http/request-validator';
import { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { ParameterValue, TemplateParameter } from '@node3/shared/template';
import { placeholdersIn, secretPlace, type Use } from '@node3/shared/template-placeholders';
import { defaultOf, problemOf } from '../domain/template-parameters.ts';
import { fillSpec, pointerOf } from '../domain/template-text.ts';
import type { TemplateContent } from '../store/template-store.ts';
import { isDeeperThan } from './json-depth.ts';

/** What is wrong with a spec, at pointers into it. */
export const specProblems = createMessageValidator(JobSpecInput);

/** Refuses a template that could never make a job, with REQUEST_INVALID. */
export function checkTemplate({ spec, parameters }: Omit<TemplateContent, 'createdAtMs'>): void {
  if (isDeeperThan(spec, limits.jsonDepthMax)) {
    const detail = `must not be nested deeper than ${limits.jsonDepthMax} levels`;
    throw invalid([{ pointer: '/spec', detail }]);
  }
  const uses = placeholdersIn(spec);
  const problems = [
    ...parameters.flatMap((parameter, i) => declarationProblems(parameters, parameter, i, uses)),
    ...useProblems(parameters, uses),
    ...literalProblems(spec, parameters, uses),
  ];
  if (problems.length === 0) problems.push(...sampleProblems(spec, parameters, uses));
  if (problems.length > 0) throw invalid(problems);
}

export function invalid(errors: FieldProblem[]): MarketError {
  const [first] = errors;
  const detail = first === undefined ? {} : { detail: `${first.pointer} ${first.detail}` };
  return new MarketError('REQUEST_INVALID', { ...detail, errors });
}

function declarationProblems(
  parameters: readonly TemplateParameter[],
  parameter: TemplateParameter,
  index: number,
  uses: readonly Use[],
): FieldProblem[] {
  const { name } = parameter;
  const problems: FieldProblem[] = [];
  const say = (field: string, detail: string) =>
    problems.push({ pointer: `/parameters/${index}${field}`, detail });
  if (parameters.findIndex((other) => other.name === name) < index) {
    say('/name', `"${name}" is declared twice; give each parameter a name of its own`);
  }
  if (!uses.some((use) => use.name === name)) {
    say('', `is used nowhere; write {{${name}}} in the spec, or leave the parameter out`);
  }
  const [low, high] = 'min' in parameter || 'max' in parameter ? ['min', 'max'] : lengthNames;
  const bounds = parameter as unknown as Record<string, number | undefined>;
  const [min, max] = [bounds[low], bounds[high]];
  if (min !== undefined && max !== undefined && min > max) {
    say(`/${low}`, `is above ${high}, so no value fits; swap them`);
  }
  const value = defaultOf(parameter);
  const problem = value === undefined ? null : problemOf(parameter, value);
  if (problem !== null) say('/default', problem);
  return problems;
}

const lengthNames = ['lengthMin', 'lengthMax'] as const;

function useProblems(parameters: readonly TemplateParameter[], uses: readonly Use[]) {
  if (uses.length > limits.templatePlaceholders) {
    const detail = `uses parameters ${uses.length} times; ${limits.templatePlaceholders} is the most`;
    return [{ pointer: '/spec', detail }];
  }
  return uses.flatMap(({ name, path }): FieldProblem[] => {
    const pointer = `/spec${pointerOf(path)}`;
    const parameter = parameters.find((declared) => declared.name === name);
    if (parameter === undefined) {
      const detail = `uses {{${name}}}, which is not declared; add it to parameters, or write \\{{${name}}} for the text itself`;
      return [{ pointer, detail }];
    }
    if (parameter.type !== 'secret' || secretPlace(path) !== null) return [];
    const detail = `uses the secret {{${name}}}, which may stand in values of workload.env and of secrets only; let the program read it from there`;
    return [{ pointer, detail }];
  });
}

/** A template is read by everybody who runs it: what is secret comes with the run. */
function literalProblems(
  spec: Record<string, unknown>,
  parameters: readonly TemplateParameter[],
  uses: readonly Use[],
): FieldProblem[] {
  const { secrets } = spec;
  if (typeof secrets !== 'object' || secrets === null) return [];
  const isSecret = (name: string) =>
    parameters.some((parameter) => parameter.name === name && parameter.type === 'secret');
  return Object.keys(secrets)
    .map((name) => pointerOf(['secrets', name, 'value']))
    .filter((at) => !uses.some(({ path, name }) => pointerOf(path) === at && isSecret(name)))
    .map((at) => ({
      pointer: `/spec${at}`,
      detail: 'must come from a parameter of type secret; write {{its name}} instead of the value',
    }));
}

/** Fills the template with values that might come, to find what is wrong with all the rest. */
function sampleProblems(
  spec: Record<string, unknown>,
  parameters: readonly TemplateParameter[],
  uses: readonly Use[],
): FieldProblem[] {
  const plain = new Map(parameters.map((parameter) => [parameter.name, sampleOf(parameter)]));
  const filled = fillSpec(spec, { plain, secret: new Map() });
  const depends = new Set(uses.map(({ path }) => pointerOf(path)));
  return (
    specProblems(filled.spec)
      // A field that no spec has stays wrong, whatever fills it.
      .filter(({ pointer, detail }) => !depends.has(pointer) || unknownField.test(detail))
      .map(({ pointer, detail }) => ({ pointer: `/spec${pointer}`, detail }))
  );
}

const unknownField = /^is not (a known field|allowed here)/;

function sampleOf(parameter: TemplateParameter): ParameterValue {
  const value = defaultOf(parameter);
  if (value !== undefined) return value;
  switch (parameter.type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return Math.min(Math.max(1, parameter.min ?? 1), parameter.max ?? Number.POSITIVE_INFINITY);
    case 'choice':
      return parameter.choices[0] ?? '';
    case 'string':
    case 'secret':
      return 'x'.repeat(Math.max(1, parameter.lengthMin ?? 1));
    default:
      return assertNever(parameter);
  }
}
