import { assertNever } from '@node3/shared/assert';
import { limits } from '@node3/shared/limits';
import type { TemplateParameter } from '@node3/shared/template';
import {
  keepNames,
  placeholdersIn,
  secretPlace,
  type Use,
} from '@node3/shared/template-placeholders';

/** What a name in double braces becomes: one of these types of parameter, or the text that it is. */
export const parameterForms = ['string', 'integer', 'number', 'choice', 'secret', 'kept'] as const;
export type ParameterForm = (typeof parameterForms)[number];

/** A name that was found in the texts of a job, and what was typed about it. */
export interface FoundParameter {
  name: string;
  form: ParameterForm;
  /** Those that its places allow. */
  forms: readonly ParameterForm[];
  description: string;
  /** As typed; empty is none. */
  default: string;
  required: boolean;
  choices: readonly string[];
}

/** What was typed, by name. */
export type TypedParameters = Readonly<Record<string, Partial<FoundParameter>>>;

/** Each name in double braces once, in the order of the job's texts. */
export function parametersFound(
  spec: Record<string, unknown>,
  typed: TypedParameters,
): FoundParameter[] {
  const byName = Map.groupBy(placeholdersIn(spec), ({ name }) => name);
  return [...byName].map(([name, uses]) => {
    const forms = formsOf(uses);
    const one = typed[name] ?? {};
    const form = one.form !== undefined && forms.includes(one.form) ? one.form : 'string';
    const blank = { description: '', default: '', required: true, choices: [] };
    return { ...blank, ...one, name, forms, form };
  });
}

/** A field whose whole text is the name takes text alone; a secret goes into variables alone. */
function formsOf(uses: readonly Use[]): ParameterForm[] {
  return parameterForms.filter((form) => {
    if (form === 'integer' || form === 'number') return !uses.some(({ alone }) => alone);
    if (form === 'secret') return uses.every(({ path }) => secretPlace(path) !== null);
    return true;
  });
}

export type ParameterProblem = 'integer' | 'number' | 'choices' | 'choice';

export function parameterProblem(found: FoundParameter): ParameterProblem | null {
  const { form, choices } = found;
  const text = found.default.trim();
  if (form === 'choice' && choices.length === 0) return 'choices';
  if (form === 'choice' && text !== '' && !choices.includes(text)) return 'choice';
  if (text === '') return null;
  if (form === 'integer' && !Number.isSafeInteger(Number(text))) return 'integer';
  return form === 'number' && !Number.isFinite(Number(text)) ? 'number' : null;
}

/** The body's part of a template: what is a parameter, and a spec in which the rest stays text. */
export function declareParameters(
  spec: Record<string, unknown>,
  found: readonly FoundParameter[],
): { spec: Record<string, unknown>; parameters: TemplateParameter[] } {
  const kept = new Set(found.filter(({ form }) => form === 'kept').map(({ name }) => name));
  return {
    spec: withKeptNames(spec, kept) as Record<string, unknown>,
    parameters: found.flatMap((one) => declared(one) ?? []),
  };
}

function withKeptNames(part: unknown, kept: ReadonlySet<string>): unknown {
  if (typeof part === 'string') return keepNames(part, kept);
  if (Array.isArray(part)) return part.map((one) => withKeptNames(one, kept));
  if (typeof part !== 'object' || part === null) return part;
  const fields = Object.entries(part).map(([name, value]) => [name, withKeptNames(value, kept)]);
  return Object.fromEntries(fields) as Record<string, unknown>;
}

function declared(found: FoundParameter): TemplateParameter | null {
  const { name, form, choices } = found;
  const description = found.description.trim();
  const text = form === 'string' ? found.default : found.default.trim();
  const about = {
    name,
    ...(description !== '' && { description }),
    ...(isOptional(found) && { required: false }),
  };
  const byDefault = text === '' ? {} : { default: text };
  switch (form) {
    case 'integer':
    case 'number':
      return { ...about, type: form, ...(text !== '' && { default: Number(text) }) };
    case 'choice':
      return { ...about, type: form, choices: [...choices], ...byDefault };
    case 'string':
      return { ...about, type: form, ...byDefault };
    case 'secret':
      return { ...about, type: form };
    case 'kept':
      return null;
    default:
      return assertNever(form);
  }
}

/** One with a default is never missing; without one it is for its author to say. */
export function isOptional({ form, default: text, required }: FoundParameter): boolean {
  return !required && (form === 'secret' || text === '');
}

export const tooManyParameters = (found: readonly FoundParameter[]): boolean =>
  found.filter(({ form }) => form !== 'kept').length > limits.templateParameters;

/** As many as show that they are too many; each that stays text makes room for one more. */
export function parametersShown(found: readonly FoundParameter[]): readonly FoundParameter[] {
  const over = found.filter(({ form }) => form !== 'kept')[limits.templateParameters + 1];
  return over === undefined ? found : found.slice(0, found.indexOf(over));
}
