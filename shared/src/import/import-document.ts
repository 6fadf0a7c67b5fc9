import { MarketError } from '../error.ts';
import { isJsonObject } from './foreign-object.ts';
import { importBacalhau } from './import-bacalhau.ts';
import { importNosana } from './import-nosana.ts';
import type { ImportedJob, ImportOptions } from './imported-job.ts';

export const importFormats = ['nosana', 'bacalhau'] as const;
export type ImportFormat = (typeof importFormats)[number];

const importers: Record<ImportFormat, (document: unknown, options: ImportOptions) => ImportedJob> =
  {
    nosana: importNosana,
    bacalhau: importBacalhau,
  };

/** Makes jobs of a document, whose format is guessed where none is given. Throws IMPORT_REFUSED. */
export function importDocument(
  document: unknown,
  format: ImportFormat | undefined,
  options: ImportOptions,
): ImportedJob & { format: ImportFormat } {
  const known = format ?? guessFormat(document);
  return { format: known, ...importers[known](document, options) };
}

function guessFormat(document: unknown): ImportFormat {
  const names = isJsonObject(document) ? Object.keys(document) : [];
  const has = (...wanted: string[]) => names.some((name) => wanted.includes(name.toLowerCase()));
  const isNosana = has('ops');
  const isBacalhau = has('tasks', 'engine', 'job');
  if (isNosana !== isBacalhau) return isNosana ? 'nosana' : 'bacalhau';
  const detail = 'is neither clearly of Nosana (ops) nor of Bacalhau (Tasks, Engine)';
  const fix = `Say which it is: format=${importFormats.join(' or format=')}.`;
  throw new MarketError('IMPORT_REFUSED', {
    detail: `The document ${detail}. ${fix}`,
    errors: [{ pointer: '', detail, fix }],
  });
}
