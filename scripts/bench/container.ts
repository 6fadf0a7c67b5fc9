import { findTestEngine, type TestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { listAgents } from '@node3/shared/routes/fleet';
import { createJob } from '@node3/shared/routes/jobs';
import { type DevNetwork, type Requester, startDevNetwork } from '../dev-network.ts';
import { runBare } from './bare-engine.ts';
import type { BenchOptions } from './core.ts';
import { ownCpuMs } from './machine-counters.ts';
import { figures, pairedRounds, type Rounds, ratios, spreadOf } from './paired-rounds.ts';
import { type JobLog, readLateness, readText } from './read-log.ts';
import { type Measurement, median } from './report.ts';
import { startTimedAgent, type TimedAgent } from './timed-agent.ts';
import { waitUntil } from './wait-until.ts';

/** What one contender measured in one round; null for what it does not measure. */
interface Sample {
  firstByteMs: number | null;
  bytesPerSec: number | null;
  lateMs: number | null;
  /** Of marketplace, agent and subscriber for the log of a flood, with the start of its job. */
  cpuSec: number | null;
}

interface Stage {
  docker: TestEngine['docker'];
  image: string;
  network: DevNetwork;
  requester: Requester;
}

/**
 * Its lines are shorter than a burst may have of them, so that nothing is dropped. More of them keep the disk
 * busy under the starts of the next round.
 */
const logLines = 160_000;
const logLineChars = 99;
const logBytesMax = 64 * 1024 ** 2;
const timedLines = 100;
const timedEveryMs = 20;
const endMs = 60_000;

const commands = {
  hello: ['echo', 'hi'],
  flood: ['seq', '-f', `%0${logLineChars}.0f`, '1', String(logLines)],
  clock: [
    'node',
    '-e',
    `let n = 0; const t = setInterval(() => { console.log(performance.timeOrigin + performance.now());
     if (++n === ${timedLines}) clearInterval(t); }, ${timedEveryMs});`,
  ],
};

const [bare, keeping, cold, warm, apart] = [
  'bare dockerode',
  'bare dockerode, log kept',
  'node3 cold',
  'node3 warm',
  'node3, agent apart',
];

/** Container jobs with the image there, through the whole network, against the library alone. */
export async function benchContainer({ rounds, say }: BenchOptions): Promise<Measurement[]> {
  const { docker, skip, prepareImage } = await findTestEngine();
  if (skip) return [notRun('no container engine runs here')];
  const image = await prepareImage();
  const network = await startDevNetwork({ marketplaceIn: 'child' });
  try {
    const stage = { docker, image, network, requester: await network.openRequester() };
    const agent = await startTimedAgent(network, 'cold', {});
    const warmAgent = await startTimedAgent(network, 'warm', { warmContainers: 1 });
    const apartAgent = await startApart(network);
    const contenders = [
      { name: bare, measure: () => measureBare(stage) },
      { name: keeping, measure: () => measureKeeping(stage) },
      { name: cold, measure: () => measureAgent(stage, agent) },
      { name: warm, measure: () => measureWarm(stage, warmAgent) },
      { name: apart, measure: () => measureFlood(stage, apartAgent) },
    ];
    say('container jobs …');
    const found = await pairedRounds(contenders, rounds, (each) => each.measure(), say);
    await Promise.all([agent, warmAgent].map((each) => each.agent.drain({ deadlineMs: 0 })));
    return toMeasurements(found);
  } finally {
    await network.stop();
  }
}

async function measureBare({ docker, image }: Stage): Promise<Sample> {
  const { firstByteMs } = await runBare(docker, image, commands.hello);
  const { bytesPerSec } = await runBare(docker, image, commands.flood);
  const { lateMs } = await runBare(docker, image, commands.clock);
  return { firstByteMs, bytesPerSec, lateMs: median(lateMs), cpuSec: null };
}

/** The same log, in the same file of the engine: what an agent needs that may die and lose nothing. */
async function measureKeeping({ docker, image }: Stage): Promise<Sample> {
  const { bytesPerSec } = await runBare(docker, image, commands.flood, {
    logBytesMax,
  });
  return { firstByteMs: null, bytesPerSec, lateMs: null, cpuSec: null };
}

async function measureAgent(stage: Stage, agent: TimedAgent): Promise<Sample> {
  const agentId = idOf(agent);
  await readText(await runJob(stage, agentId, commands.hello));
  const firstByteMs = await waitUntil('the first line', async () => agent.firstByteMs(), endMs);
  const lateMs = median(await readLateness(await runJob(stage, agentId, commands.clock)));
  return { firstByteMs, bytesPerSec: null, lateMs, cpuSec: null };
}

/** Marketplace and agent are processes of their own, as they are in life; the subscriber is this one. */
async function measureFlood(stage: Stage, agent: ApartAgent): Promise<Sample> {
  const cpuMs = () => agent.pids().reduce((sum, pid) => sum + ownCpuMs(pid), 0);
  const cpuMsBefore = cpuMs();
  const { bytes, bytesPerSec } = await readText(await runJob(stage, agent.agentId, commands.flood));
  const cpuSec = (cpuMs() - cpuMsBefore) / 1_000;
  if (bytes !== logLines * (logLineChars + 1)) throw new Error(`the log has ${bytes} bytes`);
  return { firstByteMs: null, bytesPerSec, lateMs: null, cpuSec };
}

interface ApartAgent {
  agentId: string;
  /** Of marketplace, agent and this one. */
  pids(): number[];
}

async function startApart(network: DevNetwork): Promise<ApartAgent> {
  const agent = await network.startAgentProcess('apart');
  const findOnline = async () => {
    const { data } = await network.operator.call(listAgents, {});
    return data.find(({ name, status }) => name === 'apart' && status === 'online') ?? null;
  };
  const { agentId } = await waitUntil('an agent in its own process', findOnline, endMs);
  return {
    agentId,
    pids: () => [process.pid, network.child?.pid() ?? 0, agent.pid() ?? 0],
  };
}

/** The first job of all brings the container that waits for the next. */
async function measureWarm(stage: Stage, agent: TimedAgent): Promise<Sample> {
  const runHello = async () => readText(await runJob(stage, idOf(agent), commands.hello));
  if (agent.firstByteMs() === null) await runHello();
  const findWaiting = async () => (agent.hasWaiting() ? agent : null);
  await waitUntil('a container that waits', findWaiting, endMs);
  await runHello();
  const firstByteMs = await waitUntil('the first line', async () => agent.firstByteMs(), endMs);
  return { firstByteMs, bytesPerSec: null, lateMs: null, cpuSec: null };
}

function idOf({ agent }: TimedAgent): string {
  return agent.agentId ?? '';
}

async function runJob(
  { image, network, requester }: Stage,
  agentId: string,
  command: string[],
): Promise<JobLog> {
  const { jobId } = await requester.client.call(createJob, {
    body: {
      workload: { kind: 'container', image, command },
      resources: { cpus: 1, memoryBytes: 256 * 1024 ** 2 },
      limits: { logBytes: logBytesMax },
      placement: { agents: [agentId] },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    },
  });
  return { marketplaceUrl: network.marketplaceUrl, apiKey: requester.apiKey, jobId };
}

function toMeasurements(rounds: Rounds<Sample>): Measurement[] {
  const firstByte = (sample: Sample) => sample.firstByteMs;
  const speed = (sample: Sample) => sample.bytesPerSec;
  const late = (sample: Sample) => sample.lateMs;
  const cpu = spreadOf(figures(rounds, apart, (sample) => sample.cpuSec));
  const bareMs = figures(rounds, bare, firstByte);
  const overheads = figures(rounds, cold, firstByte).map((ms, round) => {
    const reference = bareMs[round] ?? null;
    return ms === null || reference === null ? null : ms - reference;
  });
  return [
    row(
      'accept to first byte, cold, more than bare dockerode',
      overheads,
      { atMost: 10, unit: 'ms' },
      {
        ours: figures(rounds, cold, firstByte),
        theirs: bareMs,
      },
    ),
    row(
      'accept to first byte, warm / cold start of bare dockerode',
      ratios(rounds, [warm, bare], firstByte),
      {
        atMost: 0.05,
        unit: '×',
        more: asRatio(ratios(rounds, [warm, cold], firstByte), 'our cold'),
      },
      {
        ours: figures(rounds, warm, firstByte),
        theirs: bareMs,
      },
    ),
    row(
      'log, container to subscriber / raw attach to a log that is kept as well',
      ratios(rounds, [apart, keeping], speed),
      {
        atLeast: 0.7,
        unit: '×',
        more: `; ${cpu?.median.toPrecision(3)} s of processor for it${asRatio(ratios(rounds, [apart, bare], speed), 'a log that nothing keeps')}`,
      },
      {
        ours: figures(rounds, apart, speed),
        theirs: figures(rounds, keeping, speed),
      },
    ),
    row(
      'line of a log, container to subscriber, p50',
      figures(rounds, cold, late),
      { atMost: 15, unit: 'ms' },
      {
        ours: figures(rounds, cold, late),
        theirs: figures(rounds, bare, late),
      },
    ),
  ];
}

interface Goal {
  atLeast?: number;
  atMost?: number;
  unit: string;
  /** For its note. */
  more?: string;
}

function row(
  name: string,
  values: readonly (number | null)[],
  { atLeast, atMost, unit, more = '' }: Goal,
  raw: { ours: (number | null)[]; theirs: (number | null)[] },
): Measurement {
  const target = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const spread = spreadOf(values);
  if (spread === null) return { ...notRun('nothing could be measured'), name, unit, target };
  const { median: value, min, max, rounds } = spread;
  const passed = value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Infinity);
  const [ours, theirs] = [spreadOf(raw.ours), spreadOf(raw.theirs)];
  const note = `[${min.toPrecision(3)}..${max.toPrecision(3)}] in ${rounds} rounds; ${ours?.median.toPrecision(4)} against ${theirs?.median.toPrecision(4)}${more}`;
  return { name, value, unit, target, passed, note, spread, medians: { ours, theirs } };
}

function asRatio(values: readonly (number | null)[], of: string): string {
  const spread = spreadOf(values);
  return spread === null ? '' : `; ${spread.median.toPrecision(3)} × ${of}`;
}

function notRun(note: string): Measurement {
  return { name: 'container jobs', value: null, unit: '', target: '', passed: null, note };
}
