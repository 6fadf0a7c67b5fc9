import { secretMask } from '@node3/shared/secret-mask';
import type { ParameterValue } from '@node3/shared/template';
import {
  aloneIn,
  fillPlaceholders,
  namesIn,
  type Path,
  type SecretPlace,
  secretPlace,
} from '@node3/shared/template-placeholders';

/** Putting values where a template's texts say `{{name}}`. */

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
  const whole = aloneIn(text);
  const { plain, secret } = values;
  if (whole !== null && !secret.has(whole)) return plain.get(whole);
  const filled = fillPlaceholders(text, (name) =>
    String(secret.get(name) ?? plain.get(name) ?? ''),
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
