import { readFileSync } from 'node:fs';
import { table } from '../markdown-table.ts';
import { findTaggedTests, type TaggedTest } from '../tagged-tests.ts';

export interface AcceptanceRow {
  /** Group and number, such as `4.15`. */
  id: string;
  capability: string;
  /** Numbers of the documents that ask for it; `r` behind one: its code or its list of defects does. */
  seeds: string;
}

/** The rows by the title of their group. */
export function readAcceptanceRows(): Map<string, AcceptanceRow[]> {
  const groups = new Map<string, AcceptanceRow[]>();
  let rows: AcceptanceRow[] = [];
  for (const line of readFileSync(new URL('rows.tsv', import.meta.url), 'utf8').split('\n')) {
    const [id = '', capability = '', seeds = ''] = line.split('\t');
    if (line.startsWith('# ')) groups.set(line.slice(2), (rows = []));
    else if (line !== '') rows.push({ id, capability, seeds });
  }
  return groups;
}

/** The tests that show each row: those with its id in brackets before their name. */
export function findAcceptanceTests(root: string): Map<string, TaggedTest[]> {
  return findTaggedTests(root, /(\d+\.\d\d)/);
}

/**
 * `docs/reference/acceptance.md`: every row with the tests that show it.
 *
 * @throws Error where a test names a row that there is not.
 */
export function acceptanceDocument(notice: string, root: string): string {
  const tests = findAcceptanceTests(root);
  const groups = [...readAcceptanceRows()];
  const known = new Set(groups.flatMap(([, rows]) => rows.map(({ id }) => id)));
  const unknown = [...tests.keys()].filter((id) => !known.has(id));
  if (unknown.length > 0) throw new Error(`tests name rows that are none: ${unknown.join(', ')}`);
  const shown = [...known].filter((id) => tests.has(id)).length;
  const sections = groups.map(([title, rows], index) => {
    const cells = rows.map(({ id, capability, seeds }) => [
      id,
      capability.replaceAll('|', '\\|'),
      seeds,
      describeTests(tests.get(id) ?? []),
    ]);
    return `## ${index + 1} ${title}\n\n${table(['row', 'capability', 'seeds', 'shown by'], cells)}`;
  });
  const about = `What the seeds ask for, and the tests that show it: those with the row in brackets before their name. ${shown} of ${known.size} rows have one. A seed with \`r\` asks for it in its code or its list of defects.`;
  return `# Acceptance\n\n${notice}\n\n${about}\n\n${sections.join('\n\n')}\n`;
}

function describeTests(tests: readonly TaggedTest[]): string {
  if (tests.length === 0) return 'not yet';
  return tests
    .map(({ title, subject, path }) => {
      const name = [subject, title].filter((part) => part !== null && part !== '').join(': ');
      return `${name.replaceAll('|', '\\|').replaceAll('<', '&lt;')} (\`${path}\`)`;
    })
    .join('<br>');
}
