import { assertNever } from '@node3/shared/assert';
import type { FieldProblem } from '@node3/shared/error';
import type {
  Charset,
  ParameterValue,
  ParameterValues,
  TemplateParameter,
} from '@node3/shared/template';
import type { Values } from './template-text.ts';

/** Values that were given for the parameters of a template. No message repeats a value. */

export function isRequired(parameter: TemplateParameter): boolean {
  return parameter.required ?? defaultOf(parameter) === undefined;
}

export function defaultOf(parameter: TemplateParameter): ParameterValue | undefined {
  return parameter.type === 'secret' ? undefined : parameter.default;
}

/** Sorts what was given into plain and secret values, with every problem at its pointer. */
export function readParameters(
  parameters: readonly TemplateParameter[],
  given: ParameterValues,
): Values & { problems: FieldProblem[] } {
  const plain = new Map<string, ParameterValue>();
  const secret = new Map<string, string>();
  const problems = unknownNames(parameters, given);
  for (const parameter of parameters) {
    const { name } = parameter;
    const value = Object.hasOwn(given, name) ? given[name] : defaultOf(parameter);
    const problem = value === undefined ? missing(parameter) : problemOf(parameter, value);
    if (problem !== null) problems.push({ pointer: `/parameters/${name}`, detail: problem });
    else if (parameter.type === 'secret' && value !== undefined) secret.set(name, String(value));
    else if (value !== undefined) plain.set(name, value);
  }
  return { plain, secret, problems };
}

function unknownNames(
  parameters: readonly TemplateParameter[],
  given: ParameterValues,
): FieldProblem[] {
  const known = parameters.map(({ name }) => name);
  const has = known.length === 0 ? 'which has none' : `which has: ${known.toSorted().join(', ')}`;
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      pointer: `/parameters/${name}`,
      detail: `is not a parameter of this template, ${has}; leave it out or correct the name`,
    }));
}

function missing(parameter: TemplateParameter): string | null {
  return isRequired(parameter) ? `is required; give ${expectation(parameter)}` : null;
}

/** What is wrong with a value, and what is wanted instead; null when nothing is. */
export function problemOf(parameter: TemplateParameter, value: ParameterValue): string | null {
  const fits = accepts(parameter, value);
  return fits ? null : `does not fit; give ${expectation(parameter)}`;
}

function accepts(parameter: TemplateParameter, value: ParameterValue): boolean {
  switch (parameter.type) {
    case 'string':
      return (
        typeof value === 'string' &&
        hasLength(parameter, value) &&
        (parameter.prefix === undefined || value.startsWith(parameter.prefix)) &&
        (parameter.charset === undefined || charsetPatterns[parameter.charset].test(value))
      );
    case 'secret':
      return typeof value === 'string' && hasLength(parameter, value);
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(parameter, Number(value));
    case 'number':
      return Number.isFinite(value) && isWithin(parameter, Number(value));
    case 'boolean':
      return typeof value === 'boolean';
    case 'choice':
      return typeof value === 'string' && parameter.choices.includes(value);
    default:
      return assertNever(parameter);
  }
}

/** Each is one class of characters repeated, so that a match takes time in the length alone. */
const charsetPatterns: Record<Charset, RegExp> = {
  letters: /^[A-Za-z]*$/,
  digits: /^[0-9]*$/,
  alphanumeric: /^[A-Za-z0-9]*$/,
  hex: /^[0-9a-fA-F]*$/,
  slug: /^[a-z0-9-]*$/,
  path: /^[A-Za-z0-9._/-]*$/,
};

const charsetWords: Record<Charset, string> = {
  letters: 'letters A to Z',
  digits: 'digits',
  alphanumeric: 'letters and digits',
  hex: 'hexadecimal digits',
  slug: 'small letters, digits and -',
  path: 'letters, digits and . _ / -',
};

function hasLength(
  {
    lengthMin = 0,
    lengthMax = Number.POSITIVE_INFINITY,
  }: { lengthMin?: number; lengthMax?: number },
  text: string,
): boolean {
  return text.length >= lengthMin && text.length <= lengthMax;
}

function isWithin(
  {
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
  }: { min?: number; max?: number },
  value: number,
): boolean {
  return value >= min && value <= max;
}

function expectation(parameter: TemplateParameter): string {
  switch (parameter.type) {
    case 'string': {
      const { charset, prefix } = parameter;
      const made = charset === undefined ? 'a text' : `a text of ${charsetWords[charset]}`;
      const starts = prefix === undefined ? '' : ` that starts with "${prefix}"`;
      return made + starts + span(parameter.lengthMin, parameter.lengthMax, ' characters');
    }
    case 'secret':
      return `a text${span(parameter.lengthMin, parameter.lengthMax, ' characters')}`;
    case 'integer':
      return `a whole number${span(parameter.min, parameter.max, '')}`;
    case 'number':
      return `a number${span(parameter.min, parameter.max, '')}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of: ${parameter.choices.join(', ')}`;
    default:
      return assertNever(parameter);
  }
}

function span(min: number | undefined, max: number | undefined, unit: string): string {
  if (min !== undefined && max !== undefined) return `, ${min} to ${max}${unit}`;
  if (min !== undefined) return `, at least ${min}${unit}`;
  return max === undefined ? '' : `, at most ${max}${unit}`;
}
