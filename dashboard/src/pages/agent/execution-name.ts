import { shorten } from '../../format.ts';
import { cleanLine, plainText } from '../../logs/log-text.ts';

const nameCharsMax = 200;

/** What the job calls itself is its requester's; without a name its id stands for it. */
export function nameOf({ jobId, name }: { jobId: string; name: string | null }): string {
  return name === null ? shorten(jobId, 8, 5) : plainText(cleanLine(name, nameCharsMax));
}
