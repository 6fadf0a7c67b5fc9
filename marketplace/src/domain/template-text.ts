import { secretMask } from '@node3/shared/secret-mask';
import type { ParameterValue } from '@node3/shared/template';

/** Putting values where a template's texts say `{{name}}`. */

const placeholder = /\\?\{\{ ?([A-Za-z_][A-Za-z0-9_]{0,63}) ?\}\}/g;
const wholePlaceholder = /^\{\{ ?([A-Za-z_][A-Za-z0-9_]{0,63}) ?\}\}$/;

export type Path = readonly (string | number)[];

export interface Use {
  path: Path;
  name: string;
}

/** Every `{{name}}` in the texts of a spec. Names of fields are taken as they are. */
export function placeholdersIn(spec: unknown, path: Path = []): Use[] {
  if (typeof spec === 'string') return namesIn(spec).map((name) => ({ path, name }));
  if (Array.isArray(spec)) return spec.flatMap((part, i) => placeholdersIn(part, [...path, i]));
  if (typeof spec !== 'object' || spec === null) return [];
  return Object.entries(spec).flatMap(([key, part]) => placeholdersIn(part, [...path, key]));
}

function namesIn(text: string): string[] {
  return [...text.matchAll(placeholder)]
    .filter(([found]) => !found.startsWith('\\'))
    .map(([, name]) => name ?? '');
}

/** A place where a secret may stand. */
export interface SecretPlace {
  kind: 'env' | 'declared';
  name: string;
}

/** What a path means where a secret may stand: a variable or a declared secret; null elsewhere. */
export function secretPlace([first, second, third, ...rest]: Path): SecretPlace | null {
  if (rest.length > 0) return null;
  if (first === 'workload' && second === 'env' && typeof third === 'string') {
    return { kind: 'env', name: third };
  }
  const isDeclared = first === 'secrets' && typeof second === 'string' && third === 'value';
  return isDeclared ? { kind: 'declared', name: second } : null;
}

export function pointerOf(path: Path): string {
  const parts = path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'));
  return parts.map((part) => `/${part}`).join('');
}

export interface Values {
  /** A name that is in neither was left out. */
  plain: ReadonlyMap<string, ParameterValue>;
  secret: ReadonlyMap<string, string>;
}

interface FoundSecret {
  place: SecretPlace;
  value: string;
}

export interface Filled {
  spec: Record<string, unknown>;
  /** Whole values of the environment variables that hold a secret. */
  secretEnv: Record<string, string>;
  /** Values of declared secrets. */
  secrets: Record<string, string>;
}

/**
 * A text that is one placeholder becomes the value, with its type; inside a longer one it is text. A
 * value that was left out takes its field or element with it, or is empty inside a longer text.
 * Where a secret was used, the spec gets the mask.
 */
export function fillSpec(template: Record<string, unknown>, values: Values): Filled {
  const found: FoundSecret[] = [];
  const spec = fill(template, values, found, []) as Record<string, unknown>;
  const of = (kind: SecretPlace['kind']) =>
    Object.fromEntries(
      found
        .filter(({ place }) => place.kind === kind)
        .map(({ place, value }) => [place.name, value]),
    );
  return { spec, secretEnv: of('env'), secrets: of('declared') };
}

function fill(part: unknown, values: Values, found: FoundSecret[], path: Path): unknown {
  if (typeof part === 'string') return fillText(part, values, found, path);
  if (Array.isArray(part)) {
    return part
      .map((element, i) => fill(element, values, found, [...path, i]))
      .filter((element) => element !== undefined);
  }
  if (typeof part !== 'object' || part === null) return part;
  const fields = Object.entries(part)
    .map(([key, value]) => [key, fill(value, values, found, [...path, key])] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields);
}

function fillText(text: string, values: Values, found: FoundSecret[], path: Path): unknown {
  const whole = wholePlaceholder.exec(text)?.[1];
  const { plain, secret } = values;
  if (whole !== undefined && !secret.has(whole)) return plain.get(whole);
  const filled = text.replace(placeholder, (match, name: string) =>
    match.startsWith('\\') ? match.slice(1) : String(secret.get(name) ?? plain.get(name) ?? ''),
  );
  const place = secretPlace(path);
  if (place === null || !namesIn(text).some((name) => secret.has(name))) return filled;
  found.push({ place, value: filled });
  return secretMask;
}

/** RFC 7396: objects are merged, null takes a field away, all else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
