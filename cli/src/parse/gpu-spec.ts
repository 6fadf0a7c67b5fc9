import { GpuSyntaxError, readGpuSyntax } from '@node3/shared/gpu/gpu-syntax';
import type { GpuRequirement } from '@node3/shared/job-spec';
import { usageError } from '../command-error.ts';

const examples =
  'Write any, a count, a model, a memory minimum, or several with colons:\n' +
  '  --gpu any   --gpu 2   --gpu rtx-4090   --gpu 24GB..   --gpu nvidia:h100-80gb:2';

/** Reads what follows `--gpu`. */
export function parseGpuSpec(text: string): GpuRequirement {
  try {
    return readGpuSyntax(text);
  } catch (error) {
    if (!(error instanceof GpuSyntaxError)) throw error;
    throw usageError(`--gpu "${text}" ${error.message}.`, examples);
  }
}
