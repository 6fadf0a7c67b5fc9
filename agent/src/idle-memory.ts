import type { AgentLife } from './agent-life.ts';
import type { DiskGuard } from './execution/disk-guard.ts';
import type { PolicyWatch } from './policy/policy-watch.ts';

/** @returns memory that no job has, bytes; 0 while no job is taken, since nothing waits for one then. */
export function findIdleMemory(
  { disk, policy }: { disk: Pick<DiskGuard, 'isLow'>; policy: Pick<PolicyWatch, 'verdict'> },
  life: Pick<AgentLife, 'free' | 'mode' | 'orderedToDrain'>,
): number {
  const takesJobs = life.mode === 'run' && !life.orderedToDrain && !disk.isLow;
  return takesJobs && policy.verdict().closed === null ? life.free().memoryBytes : 0;
}
