import type { JsonObject } from '../foreign-object.ts';
import { importNosana } from '../import-nosana.ts';
import { casesOf } from './import-cases.ts';

/** All reach nothing here, which would be a warning in each case. */
const offline = { allowHosts: [] };

export const nosanaCases = casesOf((document, options) =>
  importNosana(document, { ...offline, ...options }),
);

export function definition(rest: JsonObject): JsonObject {
  return { version: '0.1', type: 'container', ...rest };
}

/** One operation, with changes to its arguments, to itself and to the document. */
export function jobWith(
  args: JsonObject = {},
  op: JsonObject = {},
  head: JsonObject = {},
): JsonObject {
  const all = {
    type: 'container/run',
    id: 'main',
    args: { image: 'ubuntu:24.04', ...args },
    ...op,
  };
  return definition({ ...head, ops: [all] });
}

export function opOf(id: string, rest: JsonObject = {}, args: JsonObject = {}): JsonObject {
  return { type: 'container/run', id, args: { image: 'a', ...args }, ...rest };
}

export const args = (field: string) => `/ops/0/args/${field}`;
/** A head with these in global. */
export const variables = (values: JsonObject) => ({ global: { variables: values } });
