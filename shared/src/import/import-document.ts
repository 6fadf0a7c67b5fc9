import { MarketError } from '../error.ts';
import { isDockerRun } from './docker-line.ts';
import { isJsonObject } from './foreign-object.ts';
import { importBacalhau } from './import-bacalhau.ts';
import { importDocker } from './import-docker.ts';
import { type ImportFormat, importFormats } from './import-formats.ts';
import { importNosana } from './import-nosana.ts';
import type { ImportedJob, ImportedStep, ImportOptions, ImportWarning } from './imported-job.ts';

const importers: Record<ImportFormat, (document: unknown, options: ImportOptions) => ImportedJob> =
  {
    nosana: importNosana,
    bacalhau: importBacalhau,
    docker: importDocker,
  };

/** Makes jobs of a document, whose format is guessed where none is given. Throws IMPORT_REFUSED. */
export function importDocument(
  document: unknown,
  format: ImportFormat | undefined,
  options: ImportOptions,
): ImportedJob & { format: ImportFormat } {
  const known = format ?? guessFormat(document);
  const { jobs, warnings } = importers[known](document, options);
  return { format: known, jobs, warnings: [...warnings, ...unusedWishes(jobs, options)] };
}

function unusedWishes(
  jobs: readonly ImportedStep[],
  { gpus, market }: ImportOptions,
): ImportWarning[] {
  const isUsed = jobs.some(({ spec }) => spec.resources?.gpus !== undefined);
  if (isUsed || (gpus === undefined && market === undefined)) return [];
  const message = 'asks for no GPU: what was said of GPUs beside it changes nothing';
  const fix =
    'Write gpu: true (Nosana), Resources.GPU (Bacalhau) or --gpus (Docker) where one is needed.';
  return [{ pointer: '', message, fix }];
}

function guessFormat(document: unknown): ImportFormat {
  if (isDockerRun(document)) return 'docker';
  const names = isJsonObject(document) ? Object.keys(document) : [];
  const has = (...wanted: string[]) => names.some((name) => wanted.includes(name.toLowerCase()));
  const isNosana = has('ops');
  const isBacalhau = has('tasks', 'engine', 'job');
  if (isNosana !== isBacalhau) return isNosana ? 'nosana' : 'bacalhau';
  const detail = 'is not clearly of Nosana (ops), of Bacalhau (Tasks, Engine) or a docker run';
  const fix = `Say which it is: format=${importFormats.join(' or format=')}.`;
  throw new MarketError('IMPORT_REFUSED', {
    detail: `The document ${detail}. ${fix}`,
    errors: [{ pointer: '', detail, fix }],
  });
}
