import { type LogStream, logStreams } from '@node3/shared/routes/jobs';

/** The place of a stream in the mask of a chunk of log. */
export function streamBit(stream: LogStream): number {
  return 1 << logStreams.indexOf(stream);
}
