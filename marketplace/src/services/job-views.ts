import { type JobSpec, placementDefaults } from '@node3/shared/job-spec';
import { reasons } from '@node3/shared/job-state';
import { hourlyOffer, priceMax } from '@node3/shared/metering';
import { type Asset, type Money, toMoney } from '@node3/shared/money';
import type { AdminPayout } from '@node3/shared/routes/admin';
import type {
  ExecutionView,
  JobDetail,
  JobEvent,
  JobSummary,
  LogLine,
  PayoutView,
} from '@node3/shared/routes/jobs';
import type { PublicJob } from '@node3/shared/routes/marketplace';
import { toTimestamp } from '@node3/shared/schema';
import type { DependencyRow } from '../store/dependency-store.ts';
import type { PayoutRow } from '../store/payout-store.ts';
import type { EventRow, ExecutionRow, JobRow, LogLineRow } from '../store/rows.ts';

/** How stored rows look on the wire. */

type ExplorerUrl = (signature: string) => string | null;

function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : toTimestamp(ms);
}

/** What a metered job offers per GPU hour; null for a fixed price. */
function bidOf({ price }: JobSpec): Money | null {
  return price.kind === 'metered' ? price.bidPerGpuHour : null;
}

function workloadName(spec: JobSpec): string {
  return spec.workload.kind === 'script' ? spec.workload.language : 'container';
}

export function viewJob(
  job: JobRow,
  execution: Pick<ExecutionRow, 'agentName' | 'devices'> | null,
  payout: PayoutRow | null,
): JobSummary {
  const devices = execution?.devices ?? [];
  const { charged } = job.settlement;
  return {
    jobId: job.jobId,
    name: job.spec.name,
    state: job.state,
    reason: job.reason,
    attempt: job.attempt,
    attemptsMax: job.spec.retry.attemptsMax,
    waitsFor: job.dependenciesOpen,
    cachedFrom: job.cachedFrom,
    workload: workloadName(job.spec),
    image: job.spec.workload.image,
    gpus: job.spec.resources.gpus?.count ?? 0,
    gpuModels: [...new Set(devices.map((device) => device.model))],
    labels: job.spec.labels,
    price: priceMax(job.spec.price),
    bidPerGpuHour: bidOf(job.spec),
    costMax: toMoney(job.price, job.asset),
    charged: charged === null ? null : toMoney(charged, job.asset),
    agentId: job.agentId,
    agentName: execution?.agentName ?? null,
    simulatedDevice: devices.length === 0 ? null : devices.some((device) => device.simulated),
    exitCode: job.exitCode,
    createdAt: toTimestamp(job.createdAtMs),
    startedAt: timeOrNull(job.startedAtMs),
    finishedAt: timeOrNull(job.finishedAtMs),
    payoutState: payout?.state ?? null,
  };
}

export interface JobParts {
  job: JobRow;
  /** The job that ran: another one where a result was reused. */
  ran: JobRow;
  dependencies: DependencyRow[];
  executions: ExecutionRow[];
  events: EventRow[];
  payout: PayoutRow | null;
  explorerUrl: ExplorerUrl;
}

export function viewJobDetail(parts: JobParts): JobDetail {
  const { job, ran, executions, events, payout, explorerUrl } = parts;
  const current = executions.find((execution) => execution.executionId === job.executionId);
  const { asset, settlement } = job;
  const money = (value: bigint | null) => (value === null ? null : toMoney(value, asset));
  return {
    ...viewJob(job, current ?? null, payout),
    spec: withoutValues(job.spec),
    reasonSentence: job.reason === null ? null : reasons[job.reason].sentence,
    reasonAction: job.reason === null ? null : reasons[job.reason].action,
    fault: job.fault,
    output: ran.output,
    logBytes: ran.logBytes,
    after: parts.dependencies,
    rerunOf: job.rerunOf,
    executions: executions.map((execution) => viewExecution(execution, asset)),
    settlement: {
      state: settlement.state,
      held: toMoney(settlement.state === 'held' ? job.price : 0n, asset),
      quoted: toMoney(job.price, asset),
      charged: money(settlement.charged),
      providerShare: money(settlement.providerShare),
      fee: money(settlement.fee),
      refund: money(settlement.refund),
      payout: payout === null ? null : viewPayout(payout, explorerUrl),
    },
    events: events.map(viewEvent),
  };
}

/** Environment values may be secrets: their names are shown, the values never. */
function withoutValues({ sealedEnv, sealedFiles: _files, sealedParts: _parts, ...rest }: JobSpec) {
  const spec = sealedEnv === undefined ? rest : { ...rest, secretEnv: Object.keys(sealedEnv) };
  const { env } = spec.workload;
  if (env === undefined) return spec;
  const hidden = Object.fromEntries(Object.keys(env).map((name) => [name, '[hidden]']));
  return { ...spec, workload: { ...spec.workload, env: hidden } };
}

function viewExecution(execution: ExecutionRow, asset: Asset): ExecutionView {
  return {
    executionId: execution.executionId,
    attempt: execution.attempt,
    agentId: execution.agentId,
    agentName: execution.agentName,
    deviceIds: execution.devices.map((device) => device.id),
    ratePerGpuHour: execution.rate === null ? null : toMoney(execution.rate, asset),
    state: execution.state,
    reason: execution.reason,
    detail: execution.detail,
    isolation: execution.isolation,
    imageDigest: execution.imageDigest,
    imagePull: execution.imagePull,
    progress: execution.workProgress,
    exitCode: execution.exitCode,
    runMs: execution.runMs,
    peakMemoryBytes: execution.peakMemoryBytes,
    leasedAt: toTimestamp(execution.leasedAtMs),
    startedAt: timeOrNull(execution.startedAtMs),
    finishedAt: timeOrNull(execution.finishedAtMs),
  };
}

export function viewPayout(payout: PayoutRow, explorerUrl: ExplorerUrl): PayoutView {
  const { signature } = payout;
  return {
    payoutId: payout.payoutId,
    state: payout.state,
    wallet: payout.wallet,
    money: toMoney(payout.amount, payout.asset),
    signature,
    explorerUrl: signature === null ? null : explorerUrl(signature),
    holdReason: payout.holdReason,
    waitReason: payout.waitReason,
    createdAt: toTimestamp(payout.createdAtMs),
    finalizedAt: timeOrNull(payout.finalizedAtMs),
  };
}

export function viewAdminPayout(payout: PayoutRow, explorerUrl: ExplorerUrl): AdminPayout {
  const { kind, jobId, agentId } = payout;
  return { ...viewPayout(payout, explorerUrl), kind, jobId, agentId };
}

export function viewEvent(event: EventRow): JobEvent {
  return {
    seq: event.seq,
    type: event.name,
    at: toTimestamp(event.atMs),
    actor: event.actor,
    reason: event.reason,
    data: event.data,
  };
}

export function viewLogLine(line: LogLineRow): LogLine {
  const { seq, attempt, stream, text, partial } = line;
  return { seq, attempt, stream, at: toTimestamp(line.atMs), text, partial };
}

export function viewPublicJob(job: JobRow): Omit<PublicJob, 'requester'> {
  const { gpus } = job.spec.resources;
  const placement = { ...placementDefaults, ...job.spec.placement };
  return {
    jobId: job.jobId,
    state: job.state,
    workload: workloadName(job.spec),
    gpus: gpus?.count ?? 0,
    gpuModels: gpus?.models ?? null,
    memoryBytesMin: gpus?.memoryBytesMin ?? null,
    vendor: gpus?.vendor ?? null,
    framework: gpus?.framework ?? null,
    regions: placement.regions,
    isolationMin: placement.isolationMin,
    labels: placement.labels,
    reward: priceMax(job.spec.price),
    bidPerGpuHour: bidOf(job.spec),
    perGpuHour: toMoney(hourlyOffer(job.spec), job.asset),
    runSec: job.spec.limits.runSec,
    createdAt: toTimestamp(job.createdAtMs),
  };
}
