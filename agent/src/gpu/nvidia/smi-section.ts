/** A node of nvidia-smi's report, whichever of its two formats it came from. */
export interface SmiSection {
  /** Lower case with underscores, as in the XML: `fb_memory_usage`. */
  name: string;
  /** The `id` of `<gpu id="…">` or the address after `GPU ` in the text form. */
  id: string | null;
  text: string;
  children: SmiSection[];
}

export interface SmiDocument {
  root: SmiSection;
  /** `false` when the output stopped before its end. */
  complete: boolean;
  /** Lines before the report, where nvidia-smi complains about single cards. */
  notices: string[];
}

/** A report of eight cards nests six deep; more is not a report. */
export const sectionDepthMax = 32;

export function newSection(name: string, id: string | null): SmiSection {
  return { name, id, text: '', children: [] };
}

export function childrenNamed(section: SmiSection, name: string): SmiSection[] {
  return section.children.filter((child) => child.name === name);
}

/**
 * Follows a path of direct children. Searching by name alone is a trap: in the report of a
 * partitioned card the memory of its slices stands before its own.
 */
export function sectionAt(section: SmiSection, path: readonly string[]): SmiSection | undefined {
  let at: SmiSection | undefined = section;
  for (const name of path) at = at?.children.find((child) => child.name === name);
  return at;
}

/** @returns the text at the first of `paths` (`a/b`) that exists; drivers rename their fields. */
export function textAt(section: SmiSection, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = sectionAt(section, path.split('/'));
    if (found !== undefined) return found.text;
  }
  return undefined;
}
