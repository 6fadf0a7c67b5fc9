import type { ExecutionView, JobDetail, LogLine } from '@node3/shared/routes/jobs';

export const testJobId = 'job_06BR2J0S7XW8Z3Q1T5M4N6P9KD';
const at = '2026-11-21T12:00:00.000Z';

export const testExecution: ExecutionView = {
  executionId: 'exe_06BR2J0S7XW8Z3Q1T5M4N6P9KD',
  attempt: 1,
  agentId: 'agt_06BR2J0S7XW8Z3Q1T5M4N6P9KD',
  agentName: 'garage',
  deviceIds: [],
  ratePerGpuHour: null,
  state: 'running',
  reason: null,
  detail: null,
  isolation: 'container',
  imageDigest: null,
  imagePull: null,
  progress: null,
  exitCode: null,
  runMs: null,
  peakMemoryBytes: null,
  leasedAt: at,
  startedAt: at,
  finishedAt: null,
};

const testJobFields: JobDetail = {
  jobId: testJobId,
  name: null,
  state: 'queued',
  reason: null,
  attempt: 1,
  attemptsMax: 3,
  waitsFor: 0,
  cachedFrom: null,
  workload: 'container',
  image: 'debian',
  gpus: 0,
  gpuModels: [],
  labels: {},
  price: { amount: '0.001', asset: 'SOL' },
  bidPerGpuHour: null,
  costMax: { amount: '0.00105', asset: 'SOL' },
  charged: null,
  agentId: null,
  agentName: null,
  simulatedDevice: null,
  exitCode: null,
  createdAt: at,
  startedAt: null,
  finishedAt: null,
  payoutState: null,
  spec: {},
  reasonSentence: null,
  reasonAction: null,
  fault: null,
  output: null,
  logBytes: 0,
  after: [],
  rerunOf: null,
  executions: [],
  settlement: {
    state: 'held',
    held: { amount: '0.00105', asset: 'SOL' },
    quoted: { amount: '0.00105', asset: 'SOL' },
    charged: null,
    providerShare: null,
    fee: null,
    refund: null,
    payout: null,
  },
  events: [],
};

export function testJob(changes: Partial<JobDetail> = {}): JobDetail {
  return { ...testJobFields, ...changes };
}

/** A job that ended, with its one execution ended too. */
export function endedJob(state: JobDetail['state'], exitCode: number | null): JobDetail {
  const end = state === 'succeeded' ? 'succeeded' : 'failed';
  const execution: ExecutionView = { ...testExecution, state: end, exitCode, runMs: 3_210 };
  const { settlement } = testJobFields;
  return testJob({
    state,
    exitCode,
    reason: state === 'succeeded' ? 'exited' : 'nonzero_exit',
    agentName: 'garage',
    agentId: testExecution.agentId,
    executions: [execution],
    settlement: { ...settlement, charged: { amount: '0.00105', asset: 'SOL' } },
  });
}

export function testLine(seq: number, text: string, changes: Partial<LogLine> = {}): LogLine {
  return { seq, attempt: 1, stream: 'stdout', at, text, partial: false, ...changes };
}
