import type { ParameterValues, TemplateParameter } from '@node3/shared/template';

/** What was typed, by the name of its parameter. */
export type TypedValues = Readonly<Record<string, string>>;

export function defaultsOf(parameters: readonly TemplateParameter[]): TypedValues {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const value = 'default' in parameter ? parameter.default : undefined;
      return [parameter.name, value === undefined ? '' : String(value)];
    }),
  );
}

/** Without a word a parameter is required exactly when it has no default. */
export function isRequired(parameter: TemplateParameter): boolean {
  const hasDefault = 'default' in parameter && parameter.default !== undefined;
  return parameter.required ?? !hasDefault;
}

/** Names of those that have to have a value and have none. */
export function missingOf(
  parameters: readonly TemplateParameter[],
  typed: TypedValues,
): readonly string[] {
  return parameters
    .filter((parameter) => isRequired(parameter) && (typed[parameter.name] ?? '') === '')
    .map(({ name }) => name);
}

/** The values as the API takes them; empty ones are left to the defaults. */
export function parameterValues(
  parameters: readonly TemplateParameter[],
  typed: TypedValues,
): ParameterValues {
  const given = parameters.filter(({ name }) => (typed[name] ?? '') !== '');
  return Object.fromEntries(
    given.map(({ name, type }) => {
      const text = typed[name] ?? '';
      if (type === 'integer' || type === 'number') return [name, Number(text)];
      return [name, type === 'boolean' ? text === 'true' : text];
    }),
  );
}
