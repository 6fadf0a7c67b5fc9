import { expect } from 'vitest';
import { type FieldProblem, isMarketError } from '../../error.ts';
import { createMessageValidator } from '../../http/request-validator.ts';
import { JobSpecInput } from '../../job-spec.ts';
import type { ImportedJob, ImportedSpec, ImportOptions } from '../imported-job.ts';

const problemsOf = createMessageValidator(JobSpecInput);

type Importer = (document: unknown, options?: ImportOptions) => ImportedJob;

/** What the tests of an importer ask: what it maps, where it warns and where it refuses. */
export function casesOf(importer: Importer) {
  /** Checks that all it makes could be posted. */
  function run(document: unknown, options?: ImportOptions): ImportedJob {
    const imported = importer(document, options);
    for (const { spec } of imported.jobs) {
      const price = { kind: 'fixed', reward: { amount: '1', asset: 'SOL' } };
      expect(problemsOf({ ...spec, price })).toEqual([]);
    }
    return imported;
  }
  return {
    run,
    /** The only job of a document. */
    specOf: (document: unknown, options?: ImportOptions): ImportedSpec => {
      const [only, ...others] = run(document, options).jobs;
      expect(others).toEqual([]);
      if (only === undefined) throw new Error('There is no job.');
      return only.spec;
    },
    warnedAt: (document: unknown, options?: ImportOptions): string[] =>
      run(document, options).warnings.map(({ pointer }) => pointer),
    refusedAt: (document: unknown, options?: ImportOptions): string[] =>
      refusalsOf(() => importer(document, options)).map(({ pointer }) => pointer),
  };
}

/** Every refusal has its reason and its fix. */
export function refusalsOf(run: () => unknown): FieldProblem[] {
  try {
    run();
  } catch (error) {
    if (!isMarketError(error, 'IMPORT_REFUSED')) throw error;
    const { errors = [] } = error.context;
    for (const { detail, fix } of errors) {
      expect(detail).not.toBe('');
      expect(fix).toBeTruthy();
    }
    return errors;
  }
  return [];
}
