import {
  completeJobSpec,
  type DefaultImages,
  type JobSpec,
  JobSpecInput,
} from '@node3/shared/job-spec';
import { Compile } from 'typebox/compile';

const validator = Compile(JobSpecInput);

/** A complete spec names its image, so these are never used for a valid one. */
const noImages: DefaultImages = {
  container: '',
  python: '',
  javascript: '',
  typescript: '',
  bash: '',
};

/**
 * Reads the spec of an offer. The marketplace is not trusted with the shape of what this machine
 * runs: every field is checked again. @returns null for anything that is not a complete JobSpec.
 */
export function readJobSpec(value: unknown): JobSpec | null {
  const input = dropNulls(value, 0);
  if (!validator.Check(input)) return null;
  const spec = completeJobSpec(input, noImages);
  return spec.workload.image === '' ? null : spec;
}

/**
 * A complete spec says null where the requester said nothing, which the input grammar has no word
 * for. Only the spec's own levels are touched: a script's input may hold nulls that mean something.
 */
function dropNulls(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([name, field]) => [
        name,
        name === 'input' || depth > 2 ? field : dropNulls(field, depth + 1),
      ]),
  );
}
