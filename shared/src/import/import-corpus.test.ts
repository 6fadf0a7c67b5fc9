import { describe, expect, it } from 'vitest';
import { isMarketError } from '../error.ts';
import { mutatedValue, toJson } from '../testing/mutated-value.ts';
import { importDocument } from './import-document.ts';
import { importFormats } from './import-formats.ts';
import { casesOf, refusalsOf } from './testing/import-cases.ts';
import { readCorpus } from './testing/read-corpus.ts';

const all = importFormats.flatMap((format) =>
  readCorpus(format).map((each) => ({ format, ...each })),
);

describe('the corpus', () => {
  it('has documents of each system', () => {
    expect(readCorpus('nosana').length).toBeGreaterThanOrEqual(15);
    expect(readCorpus('bacalhau').length).toBeGreaterThanOrEqual(12);
    expect(readCorpus('docker').length).toBeGreaterThanOrEqual(3);
  });

  it.each(all)('$format: $name', ({ format, document, options, expected }) => {
    const imported = () => importDocument(document, undefined, options ?? {});
    if ('refused' in expected) {
      expect(refusalsOf(imported).map(({ pointer }) => pointer)).toEqual(expected.refused);
      return;
    }
    const { jobs, warnings, format: guessed } = imported();
    expect({ format: guessed, jobs }).toEqual({ format, jobs: expected.jobs });
    expect(warnings).toMatchObject(expected.warnings);
    expect(warnings).toHaveLength(expected.warnings.length);
  });

  it('hears what was said of GPUs for nothing', () => {
    const hello = all.find(({ format, name }) => format === 'bacalhau' && name === 'hello');
    const gpus = { count: 1, models: ['a100'] };
    const { warnings } = importDocument(hello?.document, undefined, { gpus });
    expect(warnings.map(({ pointer }) => pointer)).toEqual(['']);
    const market = () => importDocument(hello?.document, undefined, { market: 'nvidia-4090' });
    expect(refusalsOf(market)).toHaveLength(1);
  });

  it('is refused, or makes jobs that can be posted, whatever is changed in it', () => {
    let state = 20_261_126;
    // Numerical Recipes' generator: the same changes in each run.
    const chance = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    let made = 0;
    for (const { format, document, options } of [...all, ...all, ...all, ...all]) {
      const text = toJson(mutatedValue(document, chance));
      const changed = JSON.parse(text ?? 'null') as unknown;
      const { run } = casesOf(() => importDocument(changed, format, options ?? {}));
      try {
        made += run(changed).jobs.length;
      } catch (error) {
        if (!isMarketError(error, 'IMPORT_REFUSED')) throw error;
      }
    }
    expect(made).toBeGreaterThan(5);
  });
});
