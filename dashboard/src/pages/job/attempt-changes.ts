import type { ExecutionView } from '@node3/shared/routes/jobs';

export const attemptChanges = ['agent', 'device', 'rate', 'image', 'isolation'] as const;
export type AttemptChange = (typeof attemptChanges)[number];

type Facts = Pick<
  ExecutionView,
  'agentId' | 'deviceIds' | 'ratePerGpuHour' | 'imageDigest' | 'isolation'
>;

/** What was another one than in the attempt before. What either does not know is no difference. */
export function changesSince(before: Facts, attempt: Facts): AttemptChange[] {
  const differ = <T>(one: T | null, other: T | null) =>
    one !== null && other !== null && JSON.stringify(one) !== JSON.stringify(other);
  const isOtherAgent = before.agentId !== attempt.agentId;
  const facts: Record<AttemptChange, boolean> = {
    agent: isOtherAgent,
    // Another agent has other devices anyway.
    device: !isOtherAgent && differ(before.deviceIds, attempt.deviceIds),
    rate: differ(before.ratePerGpuHour, attempt.ratePerGpuHour),
    image: differ(before.imageDigest, attempt.imageDigest),
    isolation: differ(before.isolation, attempt.isolation),
  };
  return attemptChanges.filter((change) => facts[change]);
}
