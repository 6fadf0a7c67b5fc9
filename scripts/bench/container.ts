import { findTestEngine, type TestEngine } from '@node3/agent/executors/docker/docker-test-engine';
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
  firstByteMs: number;
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

/** Its lines are shorter than a burst may have of them, so that nothing is dropped. */
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

const [bare, cold, warm] = ['bare dockerode', 'node3 cold', 'node3 warm'];

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
    const contenders = [
      { name: bare, measure: () => measureBare(stage) },
      { name: cold, measure: () => measureAgent(stage, agent) },
      { name: warm, measure: () => measureWarm(stage, warmAgent) },
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

async function measureAgent(stage: Stage, agent: TimedAgent): Promise<Sample> {
  await readText(await runJob(stage, agent, commands.hello));
  const firstByteMs = await waitUntil('the first line', async () => agent.firstByteMs(), endMs);
  const cpuMs = () => ownCpuMs(process.pid) + ownCpuMs(stage.network.child?.pid() ?? 0);
  const cpuMsBefore = cpuMs();
  const { bytes, bytesPerSec } = await readText(await runJob(stage, agent, commands.flood));
  const cpuSec = (cpuMs() - cpuMsBefore) / 1_000;
  if (bytes !== logLines * (logLineChars + 1)) throw new Error(`the log has ${bytes} bytes`);
  const lateMs = median(await readLateness(await runJob(stage, agent, commands.clock)));
  return { firstByteMs, bytesPerSec, lateMs, cpuSec };
}

/** The first job of all brings the container that waits for the next. */
async function measureWarm(stage: Stage, agent: TimedAgent): Promise<Sample> {
  const runHello = async () => readText(await runJob(stage, agent, commands.hello));
  if (agent.firstByteMs() === null) await runHello();
  const findWaiting = async () => (agent.hasWaiting() ? agent : null);
  await waitUntil('a container that waits', findWaiting, endMs);
  await runHello();
  const firstByteMs = await waitUntil('the first line', async () => agent.firstByteMs(), endMs);
  return { firstByteMs, bytesPerSec: null, lateMs: null, cpuSec: null };
}

async function runJob(
  { image, network, requester }: Stage,
  { agent }: TimedAgent,
  command: string[],
): Promise<JobLog> {
  const { jobId } = await requester.client.call(createJob, {
    body: {
      workload: { kind: 'container', image, command },
      resources: { cpus: 1, memoryBytes: 256 * 1024 ** 2 },
      limits: { logBytes: logBytesMax },
      placement: { agents: [agent.agentId ?? ''] },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    },
  });
  return { marketplaceUrl: network.marketplaceUrl, apiKey: requester.apiKey, jobId };
}

function toMeasurements(rounds: Rounds<Sample>): Measurement[] {
  const firstByte = (sample: Sample) => sample.firstByteMs;
  const speed = (sample: Sample) => sample.bytesPerSec;
  const late = (sample: Sample) => sample.lateMs;
  const cpu = spreadOf(figures(rounds, cold, (sample) => sample.cpuSec));
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
      'accept to first byte, warm / cold',
      ratios(rounds, [warm, cold], firstByte),
      { atMost: 0.05, unit: '×' },
      {
        ours: figures(rounds, warm, firstByte),
        theirs: figures(rounds, cold, firstByte),
      },
    ),
    row(
      'log, container to subscriber / raw attach',
      ratios(rounds, [cold, bare], speed),
      { atLeast: 0.7, unit: '×', more: `; ${cpu?.median.toPrecision(3)} s of processor for it` },
      {
        ours: figures(rounds, cold, speed),
        theirs: figures(rounds, bare, speed),
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

function notRun(note: string): Measurement {
  return { name: 'container jobs', value: null, unit: '', target: '', passed: null, note };
}
