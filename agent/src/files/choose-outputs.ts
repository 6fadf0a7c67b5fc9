import { problemOfArtifactName } from '@node3/shared/artifact-name';
import type { JobOutput } from '@node3/shared/job-files';
import { limits } from '@node3/shared/limits';
import type { FoundFile } from './list-files.ts';

export interface ChosenOutputs {
  files: FoundFile[];
  /** Paths that the job requires and that are not there. */
  missing: string[];
  /** What is not kept, and why. */
  skipped: { name: string; why: string }[];
  /** Why nothing can be kept at all; null where it can. */
  excess: string | null;
}

/** The structured output, which travels in the result. */
const structured = 'output.json';

/** Which of the files that a job has left are kept. `wanted` null is all of them. */
export function chooseOutputs(
  found: readonly FoundFile[],
  wanted: readonly JobOutput[] | null,
): ChosenOutputs {
  const isIn = (name: string, path: string) => name === path || name.startsWith(`${path}/`);
  const asked = found.filter(({ name }) =>
    wanted === null ? name !== structured : wanted.some(({ path }) => isIn(name, path)),
  );
  const skipped: ChosenOutputs['skipped'] = [];
  const files = asked.filter(({ name }) => {
    const problem = problemOfArtifactName(name);
    if (problem !== null) skipped.push({ name, why: problem });
    return problem === null;
  });
  const missing = (wanted ?? [])
    .filter(({ required }) => required !== false)
    .map(({ path }) => path)
    .filter((path) => !files.some(({ name }) => isIn(name, path)));
  return { files, missing, skipped, excess: excessOf(files) };
}

function excessOf(files: readonly FoundFile[]): string | null {
  if (files.length > limits.artifactsPerJob) {
    return `It left ${files.length} files, and at most ${limits.artifactsPerJob} are kept; pack them.`;
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const largest = files.find((file) => file.bytes > limits.artifactBytesMax);
  if (largest !== undefined)
    return `${largest.name} has more than ${limits.artifactBytesMax} bytes.`;
  if (bytes <= limits.artifactBytesPerJob) return null;
  return `It left ${bytes} bytes, and at most ${limits.artifactBytesPerJob} are kept.`;
}
