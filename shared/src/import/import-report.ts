import { type FieldProblem, MarketError } from '../error.ts';
import { importLimits } from './import-limits.ts';
import type { ImportedJob, ImportedStep, ImportWarning } from './imported-job.ts';

/** Gathers what an import finds, so that everything that is wrong with a document is said at once. */
export class ImportReport {
  readonly #warnings: ImportWarning[] = [];
  #untold = 0;
  readonly #refusals: (FieldProblem & { fix: string })[] = [];

  /** Where the job differs from what the document asks for, and is no other job. */
  warn(pointer: string, message: string, fix: string): void {
    // A place that is read twice has the same to say twice.
    const known = this.#warnings.some(
      (each) => each.pointer === pointer && each.message === message,
    );
    if (!known && this.#warnings.length < importLimits.findings) {
      this.#warnings.push({ pointer, message, fix });
    } else if (!known) this.#untold += 1;
  }

  /** What can't be left out: the job would be another one. */
  refuse(pointer: string, detail: string, fix: string): void {
    this.#refusals.push({ pointer, detail, fix });
  }

  /** Throws IMPORT_REFUSED, with a pointer, a reason and a fix for each thing, if there was one. */
  finish(jobs: ImportedStep[]): ImportedJob {
    this.#throwRefusals();
    if (this.#untold === 0) return { jobs, warnings: this.#warnings };
    const message = `there are ${this.#untold} more warnings`;
    const fix = 'Take out what is listed, and import it again to see them.';
    return { jobs, warnings: [...this.#warnings, { pointer: '', message, fix }] };
  }

  #throwRefusals(): void {
    const [first] = this.#refusals;
    if (first === undefined) return;
    const more = this.#refusals.length - 1;
    const rest = more === 0 ? '' : ` (and ${more} more)`;
    throw new MarketError('IMPORT_REFUSED', {
      detail: `${first.pointer || '/'} ${first.detail}. ${first.fix}${rest}`,
      errors: this.#refusals.slice(0, importLimits.findings),
    });
  }
}
