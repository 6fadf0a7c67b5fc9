import {
  completeJobSpec,
  type DefaultImages,
  type JobSpec,
  JobSpecInput,
} from '@node3/shared/job-spec';
import { withoutNulls } from '@node3/shared/spec-input';
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
  const input = withoutNulls(value);
  if (!validator.Check(input)) return null;
  const spec = completeJobSpec(input, noImages);
  return spec.workload.image === '' ? null : spec;
}
