import { readdirSync } from 'node:fs';

/** The documents whose blocks are tested, from the repository's root. */
export function listDocuments(root: URL): string[] {
  const guides = readdirSync(new URL('docs/guides/', root)).filter((name) => name.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', ...guides.map((name) => `docs/guides/${name}`)];
}
