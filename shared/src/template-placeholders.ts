/** Where the texts of a template say `{{name}}`; with a backslash before it, it is text. */

const placeholder = /\\?\{\{ ?([A-Za-z_][A-Za-z0-9_]{0,63}) ?\}\}/g;
const wholePlaceholder = /^\{\{ ?([A-Za-z_][A-Za-z0-9_]{0,63}) ?\}\}$/;

export type Path = readonly (string | number)[];

export interface Use {
  path: Path;
  name: string;
  /** Nothing else is in the text: its field becomes the value. */
  alone: boolean;
}

/** Every `{{name}}` in the texts of a spec. Names of fields are taken as they are. */
export function placeholdersIn(spec: unknown, path: Path = []): Use[] {
  if (typeof spec === 'string') {
    const alone = aloneIn(spec) !== null;
    return namesIn(spec).map((name) => ({ path, name, alone }));
  }
  if (Array.isArray(spec)) return spec.flatMap((part, i) => placeholdersIn(part, [...path, i]));
  if (typeof spec !== 'object' || spec === null) return [];
  return Object.entries(spec).flatMap(([key, part]) => placeholdersIn(part, [...path, key]));
}

/** The name of the placeholder that is the whole text. */
export function aloneIn(text: string): string | null {
  return wholePlaceholder.exec(text)?.[1] ?? null;
}

export function namesIn(text: string): string[] {
  return [...text.matchAll(placeholder)]
    .filter(([found]) => !found.startsWith('\\'))
    .map(([, name]) => name ?? '');
}

/** The text with each placeholder changed for what `valueOf` says, and each `\{{name}}` for itself. */
export function fillPlaceholders(text: string, valueOf: (name: string) => string): string {
  return text.replace(placeholder, (match, name: string) =>
    match.startsWith('\\') ? match.slice(1) : valueOf(name),
  );
}

/** The text in which the names stay as they are, and each `\{{name}}` too, whatever is filled in. */
export function keepNames(text: string, names: ReadonlySet<string>): string {
  return text.replace(placeholder, (match, name: string) =>
    match.startsWith('\\') || names.has(name) ? `\\${match}` : match,
  );
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
