import type { Env } from '@node3/shared/env';
import { usageError } from '../command-error.ts';

/** Reads repeated `K=V`. A name alone takes its value from this shell, as docker run does. */
export function parseEnvironment(
  pairs: readonly string[],
  env: Env,
  option = '-e',
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const pair of pairs) {
    const { key, value } = splitPair(pair);
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(key)) {
      throw usageError(
        `${option} "${pair}" has no usable name.`,
        `Write it as ${option} NAME=value.`,
      );
    }
    const known = value ?? env[key];
    if (known === undefined) {
      throw usageError(
        `${option} ${key} has no value and ${key} is not set here.`,
        `Write ${option} ${key}=value.`,
      );
    }
    values[key] = known;
  }
  return values;
}

export function parseLabels(pairs: readonly string[]): Record<string, string> {
  return parsePairs('--label', pairs, 'team=vision');
}

/** Reads a repeated `name=value`; `example` is what one looks like. */
export function parsePairs(
  option: string,
  pairs: readonly string[],
  example: string,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const pair of pairs) {
    const { key, value } = splitPair(pair);
    if (key === '' || value === null) {
      throw usageError(`${option} "${pair}" has no value.`, `Write it as ${option} ${example}.`);
    }
    values[key] = value;
  }
  return values;
}

function splitPair(pair: string): { key: string; value: string | null } {
  const at = pair.indexOf('=');
  return at < 0
    ? { key: pair, value: null }
    : { key: pair.slice(0, at), value: pair.slice(at + 1) };
}
