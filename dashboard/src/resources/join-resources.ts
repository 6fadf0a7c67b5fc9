import type { JobResources } from '@node3/shared/routes/job-resources';
import type { StreamMessage } from '@node3/shared/routes/stream';

type Frame = Extract<StreamMessage, { type: 'resources' }>;

/**
 * What is known after a frame of the socket; null where it goes on from something else than what is
 * here, so that all of it has to be read again.
 */
export function joinResources(
  before: JobResources | undefined,
  { whole, resources }: Pick<Frame, 'whole' | 'resources'>,
): JobResources | null {
  if (whole) return resources;
  if (before?.executionId !== resources.executionId) return null;
  if (before.intervalMs !== resources.intervalMs) return null;
  const [first] = resources.points;
  // The last interval may have gone on: its point is told again.
  const kept = before.points.filter(({ at }) => first === undefined || at < first.at);
  return { ...resources, points: [...kept, ...resources.points] };
}
