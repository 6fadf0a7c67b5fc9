import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ImportFormat } from '../import-formats.ts';
import type { ImportedJob, ImportOptions } from '../imported-job.ts';

/** A document with what becomes of it: jobs and warnings, or the places that are refused. */
export interface CorpusCase {
  name: string;
  document: unknown;
  options?: ImportOptions;
  expected: ImportedJob | { refused: string[] };
}

export function readCorpus(format: ImportFormat): CorpusCase[] {
  const folder = fileURLToPath(new URL(`./corpus/${format}`, import.meta.url));
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({
      name: file.replace(/\.json$/, ''),
      ...(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Omit<CorpusCase, 'name'>),
    }));
}
