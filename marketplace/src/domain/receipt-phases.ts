import type { ExecutionRow, JobRow } from '../store/rows.ts';

export interface ReceiptPhase {
  phase: 'earlier_attempts' | 'queued' | 'preparing' | 'running' | 'collecting';
  ms: number;
  billed: boolean;
}

/** Where the time of an ended job went, up to its end. Only running is ever billed. */
export function receiptPhasesOf(job: JobRow, execution: ExecutionRow | null): ReceiptPhase[] {
  const endMs = job.finishedAtMs ?? job.createdAtMs;
  const queuedAtMs = job.queuedAtMs ?? job.createdAtMs;
  const leasedAtMs = execution?.leasedAtMs ?? endMs;
  const startedAtMs = execution?.startedAtMs ?? null;
  const runMs = Math.floor(execution?.runMs ?? 0);
  const phases: ReceiptPhase[] = [
    { phase: 'earlier_attempts', ms: queuedAtMs - job.createdAtMs, billed: false },
    { phase: 'queued', ms: leasedAtMs - queuedAtMs, billed: false },
  ];
  if (execution !== null) {
    const heldMs = endMs - leasedAtMs;
    const preparedMs = startedAtMs === null ? heldMs - runMs : startedAtMs - leasedAtMs;
    const collectedMs = heldMs - Math.max(0, preparedMs) - runMs;
    const isBilled = (job.settlement.providerShare ?? 0n) > 0n;
    phases.push(
      { phase: 'preparing', ms: preparedMs, billed: false },
      { phase: 'running', ms: runMs, billed: isBilled },
      { phase: 'collecting', ms: collectedMs, billed: false },
    );
  }
  // The provider's clock measured the run and ours the rest: a difference is nobody's time.
  return phases
    .map((phase) => ({ ...phase, ms: Math.max(0, phase.ms) }))
    .filter(({ phase, ms }) => phase !== 'earlier_attempts' || ms > 0);
}
