/** Putting values of a run where the texts of its steps say `{{path}}`. */

export interface FlowValues {
  input: unknown;
  /** Outputs by node id. */
  steps: ReadonlyMap<string, unknown>;
}

/** A place in the values: its first part is `input`, `steps` or `secret`. */
export type FlowPath = readonly (string | number)[];

/** What one step may be filled to, in characters: a graph of small texts could else make gigabytes. */
const filledCharsMax = 1_000_000;

const placeholder = /\\?\{\{([^{}]{1,512})\}\}/g;
const wholePlaceholder = /^\{\{([^{}]{1,512})\}\}$/;
const pathPart = /\.?([A-Za-z_][\w-]*|(?<=\.)[\w-]+)|\[(\d{1,9})\]|\["([^"\\]{1,256})"\]/y;

/** null for what is no path. */
export function parsePath(text: string): FlowPath | null {
  const path = text.trim();
  const parts: (string | number)[] = [];
  pathPart.lastIndex = 0;
  while (pathPart.lastIndex < path.length) {
    const isFirst = pathPart.lastIndex === 0;
    const found = pathPart.exec(path);
    if (found === null || (isFirst && found[0].startsWith('.'))) return null;
    const [, name, index, quoted] = found;
    if (!isFirst && name !== undefined && !found[0].startsWith('.')) return null;
    parts.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
  }
  return parts.length === 0 ? null : parts;
}

export interface FlowUse {
  /** JSON pointer of the text, from where the search began. */
  pointer: string;
  text: string;
  path: FlowPath | null;
}

/** Every placeholder in the texts of a value. Names of fields are taken as they are. */
export function usesIn(value: unknown, pointer = ''): FlowUse[] {
  if (typeof value === 'string') {
    return [...value.matchAll(placeholder)]
      .filter(([found]) => !found.startsWith('\\'))
      .map(([, text = '']) => ({ pointer, text, path: parsePath(text) }));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    usesIn(part, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

/** What a path leads to; null where there is nothing. Only own fields are there. */
export function valueAt({ input, steps }: FlowValues, path: FlowPath): unknown {
  const [root, ...rest] = path;
  if (root === 'input') return follow(input, rest);
  const [nodeId, ...inside] = rest;
  return root === 'steps' ? follow(steps.get(String(nodeId)), inside) : null;
}

function follow(value: unknown, path: FlowPath): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return null;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at ?? null;
}

/** Takes the place of `valueAt` where secrets may stand. */
export type Resolve = (path: FlowPath) => unknown;

/** Throws it for what would be larger than anything here may be. */
export class FilledTooLarge extends Error {}

/**
 * A text that is one placeholder becomes the value with its type; inside a longer one it is text, and
 * objects are JSON.
 */
export function fillValue(template: unknown, resolve: Resolve): unknown {
  const room = { chars: filledCharsMax };
  const take = (chars: number) => {
    room.chars -= chars;
    if (room.chars < 0) throw new FilledTooLarge('more than a step may be filled to');
  };
  return fill(template, (path) => {
    const value = resolve(path);
    take(lengthOf(value, room.chars));
    return value;
  });
}

function fill(template: unknown, resolve: Resolve): unknown {
  if (typeof template === 'string') return fillText(template, resolve);
  if (Array.isArray(template)) return template.map((part) => fill(part, resolve));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, part]) => [key, fill(part, resolve)]),
  );
}

function fillText(text: string, resolve: Resolve): unknown {
  const whole = wholePlaceholder.exec(text)?.[1];
  if (whole !== undefined) return resolveText(whole, resolve);
  return text.replace(placeholder, (match, inner: string) => {
    if (match.startsWith('\\')) return match.slice(1);
    const value = resolveText(inner, resolve);
    return value === null ? '' : textOf(value);
  });
}

/** A value as text; objects are JSON, whatever fields they have. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function resolveText(text: string, resolve: Resolve): unknown {
  const path = parsePath(text);
  return path === null ? null : resolve(path);
}

/** About as many characters as its JSON has; stops counting when there is no room for more. */
function lengthOf(value: unknown, max: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let length = 2;
  for (const [key, part] of Object.entries(value)) {
    length += key.length + lengthOf(part, max - length);
    if (length > max) break;
  }
  return length;
}

/** A value with a mask wherever one of these texts stands in it, names of fields included. */
export function withoutTexts(value: unknown, texts: readonly string[], mask: string): unknown {
  const masked = maskOf(texts, mask);
  return withMasked(value, { masked, texts: new Set(texts), mask });
}

/**
 * All are found before any is masked: one may begin with another, whose mask would leave its rest, and
 * those that stand in the mask itself would make the text longer and longer.
 */
function maskOf(texts: readonly string[], mask: string): (text: string) => string {
  return (text) => {
    const spans = texts.flatMap((one) => spansOf(one, text));
    let masked = '';
    let at = 0;
    for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
      if (from >= at) masked += `${text.slice(at, from)}${mask}`;
      at = Math.max(at, to);
    }
    return masked + text.slice(at);
  };
}

function spansOf(part: string, text: string): { from: number; to: number }[] {
  const spans = [];
  for (let from = text.indexOf(part); from >= 0; ) {
    const to = from + part.length;
    spans.push({ from, to });
    from = text.indexOf(part, to);
  }
  return spans;
}

interface Masking {
  masked: (text: string) => string;
  texts: ReadonlySet<string>;
  mask: string;
}

function withMasked(value: unknown, masking: Masking): unknown {
  const { masked, texts, mask } = masking;
  if (typeof value === 'string') return masked(value);
  if (typeof value === 'number') return texts.has(String(value)) ? mask : value;
  if (Array.isArray(value)) return value.map((part) => withMasked(part, masking));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [masked(key), withMasked(part, masking)]),
  );
}
