import type { JobDetail, JobEvent } from '@node3/shared/routes/jobs';
import { isZeroMoney } from '../../format.ts';

export interface TimelineStep {
  key: string;
  event: JobEvent;
  atMs: number;
  /** Since the step before it; null for the first one. */
  sincePreviousMs: number | null;
}

/** Events about money have a lane of their own, and a link to the job is no phase of it. */
function isPhase(event: JobEvent): boolean {
  return event.type.startsWith('job.') || event.type.startsWith('execution.');
}

/** A job's event says the same as the execution's event of the same moment; one line is enough. */
const absorbedBy: Record<string, string> = {
  'execution.leased': 'job.assigned',
  'execution.ended': 'job.ended',
};
const sameMomentMs = 1_000;

function isAbsorbed(event: JobEvent, events: readonly JobEvent[]): boolean {
  const started = event.type === 'execution.phase-changed' && event.data['phase'] === 'running';
  const wanted = started ? 'job.started' : absorbedBy[event.type];
  return events.some(
    (other) =>
      other.type === wanted && Math.abs(Date.parse(other.at) - Date.parse(event.at)) < sameMomentMs,
  );
}

/** The phases the job went through, oldest first, with the time each one took to come. */
export function timelineSteps(events: readonly JobEvent[]): TimelineStep[] {
  const ordered = events
    .filter((event) => isPhase(event) && !isAbsorbed(event, events))
    .sort((a, b) => a.seq - b.seq);
  return ordered.map((event, index) => {
    const atMs = Date.parse(event.at);
    const previous = ordered[index - 1];
    return {
      key: String(event.seq),
      event,
      atMs,
      sincePreviousMs: previous === undefined ? null : Math.max(0, atMs - Date.parse(previous.at)),
    };
  });
}

type PaymentStage = 'held' | 'settled' | 'submitted' | 'confirmed' | 'finalized';

export interface PaymentStep {
  stage: PaymentStage;
  /** `stopped` needs an operator; `skipped` will never come, such as a payout after a full refund. */
  progress: 'done' | 'waiting' | 'stopped' | 'skipped';
  at: string | null;
}

const payoutRank = {
  due: 0,
  batched: 0,
  held: 0,
  cancelled: 0,
  submitted: 1,
  confirmed: 2,
  finalized: 3,
} as const;

/** Where the money is. Times come from the events; a step that was skipped over has none. */
export function paymentSteps(job: JobDetail): PaymentStep[] {
  const { settlement, events } = job;
  const timeOf = (type: string) => events.findLast((event) => event.type === type)?.at ?? null;
  const held = settlement.state !== 'none';
  const settled = held && settlement.state !== 'held';
  const { payout } = settlement;
  const rank = payout === null ? 0 : payoutRank[payout.state];
  const noShare = settlement.providerShare !== null && isZeroMoney(settlement.providerShare);
  const noPayout = settled && payout === null && (settlement.state === 'released' || noShare);
  const payoutStep = (stage: PaymentStage, needed: number, at: string | null): PaymentStep => {
    if (rank >= needed) return { stage, progress: 'done', at };
    if (noPayout) return { stage, progress: 'skipped', at: null };
    const stopped = payout?.state === 'held' && needed === 1;
    return { stage, progress: stopped ? 'stopped' : 'waiting', at: null };
  };
  return [
    { stage: 'held', progress: held ? 'done' : 'waiting', at: held ? job.createdAt : null },
    {
      stage: 'settled',
      progress: settled ? 'done' : 'waiting',
      at: settled ? timeOf('settlement.decided') : null,
    },
    payoutStep('submitted', 1, timeOf('payout.submitted')),
    payoutStep('confirmed', 2, timeOf('payout.confirmed')),
    payoutStep('finalized', 3, payout?.finalizedAt ?? timeOf('payout.finalized')),
  ];
}
