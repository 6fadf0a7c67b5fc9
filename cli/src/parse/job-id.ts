import { idPattern } from '@node3/shared/ids';
import { usageError } from '../command-error.ts';

const pattern = new RegExp(idPattern('job'));

export function isJobId(text: string): boolean {
  return pattern.test(text);
}

/** Catches a cut or foreign id here, where the answer can say what an id looks like. */
export function requireJobId(text: string | undefined): string {
  if (text !== undefined && isJobId(text)) return text;
  const fix = 'A job id is job_ and 26 characters. List yours: node3 job list';
  throw usageError(`"${text ?? ''}" is not a job id.`, fix);
}
