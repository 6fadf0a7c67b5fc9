/**
 * Stands in for `typebox` in the built web app, which never looks into most schemas of the contracts:
 * the same schemas as plain JSON, without the engine of types, which is a tenth of what a first page may
 * load. `typebox/value` reads them as well. It has what `shared` uses, and a test that it has.
 */

type Schema = Record<string | symbol, unknown>;

const optional = Symbol('optional');

const of = (type: string) => (options: Schema) => ({ type, ...options });

function objectOf(properties: Record<string, Schema>, options: Schema): Schema {
  const required = Object.keys(properties).filter((name) => properties[name]?.[optional] !== true);
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties,
    ...options,
  };
}

export const Type = {
  Array: (items: Schema, options: Schema) => ({ type: 'array', items, ...options }),
  Boolean: of('boolean'),
  Enum: (values: readonly unknown[], options: Schema) => ({ enum: values, ...options }),
  Integer: of('integer'),
  Literal: (value: unknown, options: Schema) => ({ type: typeof value, const: value, ...options }),
  Null: of('null'),
  Number: of('number'),
  Object: objectOf,
  Optional: (schema: Schema) => ({ ...schema, [optional]: true }),
  Partial: ({ properties }: Schema, options: Schema) => ({
    type: 'object',
    properties,
    ...options,
  }),
  Record: ({ pattern }: Schema, value: Schema, options: Schema) => ({
    type: 'object',
    patternProperties: { [typeof pattern === 'string' ? pattern : '^.*$']: value },
    ...options,
  }),
  String: of('string'),
  Union: (anyOf: readonly Schema[], options: Schema) => ({ anyOf, ...options }),
  Unknown: (options: Schema) => ({ ...options }),
  Unsafe: (schema: Schema) => schema,
};
