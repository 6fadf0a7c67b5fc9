import { getJobResources, type JobResources } from '@node3/shared/routes/job-resources';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { talkingPatience } from '../job/attach.ts';
import { followUsage } from '../job/follow-usage.ts';
import { leaveOnInterrupt } from '../job/interrupt.ts';
import { exitCodeOfSignal } from '../job/outcome.ts';
import { type Column, formatFacts, formatTable, formatTsv } from '../output/table.ts';
import { bytesText, durationText } from '../output/words.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

export interface JobTopOptions {
  once?: boolean;
}

type Point = JobResources['points'][number];

/** Of what was before somebody looked, so much fits under a command on a terminal. */
const pointsBefore = 10;

/** `node3 job top`: what a job uses, reading by reading, until it is over. Ctrl-C only stops looking. */
export async function showUsage(context: Context, call: Call<JobTopOptions>): Promise<number> {
  const client = connect(context, 'requester');
  const jobId = requireJobId(call.args[0]);
  if (call.options.once === true) {
    const resources = await client.call(getJobResources, { params: { jobId }, query: {} });
    await showNow(context, resources);
    return exitCodes.ok.code;
  }
  const { terminal, host } = context;
  const leave = new AbortController();
  const watch = leaveOnInterrupt(host, leave);
  const patience = talkingPatience(context, leave.signal);
  const shown = new UsageRows(context);
  try {
    for await (const resources of followUsage({ client, jobId, patience, signal: leave.signal })) {
      await shown.show(resources);
    }
    await shown.end();
    return exitCodes.ok.code;
  } catch (error) {
    if (watch.signal === null) throw error;
    return exitCodeOfSignal(watch.signal);
  } finally {
    terminal.status(null);
    watch.close();
  }
}

async function showNow({ terminal }: Context, resources: JobResources): Promise<void> {
  if (terminal.json) await terminal.object(resources);
  else for (const line of formatFacts(factsOf(resources))) await terminal.data(line);
}

/** Each reading once, when no later one can change it, and the newest on the line below. */
class UsageRows {
  readonly #context: Context;
  #last: JobResources | null = null;
  #shownTo = '';

  constructor(context: Context) {
    this.#context = context;
  }

  async show(resources: JobResources): Promise<void> {
    const { terminal, host } = this.#context;
    const isOther = resources.executionId !== this.#last?.executionId;
    const isFirst = this.#last === null || (isOther && resources.attempt !== null);
    if (isFirst) await this.#begin(resources);
    this.#last = resources;
    const { points, live } = resources;
    // The last interval goes on while the job runs.
    const closed = (live ? points.slice(0, -1) : points).filter(({ at }) => at > this.#shownTo);
    const wanted = isFirst && host.stdout.isTty ? closed.slice(-pointsBefore) : closed;
    for (const point of wanted) await this.#row(resources, point);
    this.#shownTo = closed.at(-1)?.at ?? this.#shownTo;
    const newest = points.at(-1);
    terminal.status(() => (newest === undefined ? 'no reading yet' : nowText(resources, newest)));
  }

  async end(): Promise<void> {
    const { terminal } = this.#context;
    const summary = this.#last?.summary ?? null;
    terminal.status(null);
    if (terminal.json) await terminal.jsonLine({ type: 'summary', summary });
    else if (this.#last !== null) {
      for (const line of formatFacts(factsOf(this.#last))) await terminal.talk(line);
    }
  }

  async #begin({ attempt }: JobResources): Promise<void> {
    const { terminal, host } = this.#context;
    this.#shownTo = '';
    if (attempt !== null && attempt > 1) await terminal.talk(`attempt ${attempt}`);
    if (!terminal.json && host.stdout.isTty) {
      for (const line of formatTable(columns, [widest]).slice(0, 1)) await terminal.data(line);
    }
  }

  async #row({ attempt }: JobResources, point: Point): Promise<void> {
    const { terminal, host } = this.#context;
    if (terminal.json) {
      await terminal.jsonLine({ type: 'reading', attempt, ...point });
      return;
    }
    const lines = host.stdout.isTty
      ? formatTable(columns, [widest, point]).slice(2)
      : formatTsv(columns, [point]);
    for (const line of lines) await terminal.data(line);
  }
}

const unknown = '-';

function coresText(value: number | null): string {
  return value === null ? unknown : value.toFixed(2);
}

function memoryText(value: number | null): string {
  return value === null ? unknown : bytesText(value);
}

function percentText(value: number | null): string {
  return value === null ? unknown : `${Math.round(value * 100)}%`;
}

const columns: Column<Point>[] = [
  { title: 'AT', value: ({ at }) => at },
  { title: 'CORES', align: 'right', value: ({ cpuCores }) => coresText(cpuCores) },
  { title: 'MEMORY', align: 'right', value: ({ memoryBytes }) => memoryText(memoryBytes) },
  { title: 'GPU', align: 'right', value: (point) => percentText(point.gpuUtilizationRatio) },
  { title: 'GPU MEMORY', align: 'right', value: (point) => memoryText(point.gpuMemoryBytes) },
];

/** Rows come one after another and stand under each other all the same. */
const widest: Point = {
  at: '2026-11-21T12:00:00.000Z',
  cpuCores: 1_000,
  memoryBytes: 999_900_000,
  gpuUtilizationRatio: 1,
  gpuMemoryBytes: 999_900_000,
};

function nowText({ cpus, memoryBytes, gpus }: JobResources, point: Point): string {
  const parts = [
    `${coresText(point.cpuCores)} of ${cpus} cores`,
    `${memoryText(point.memoryBytes)} of ${bytesText(memoryBytes)}`,
  ];
  if (gpus > 0) {
    parts.push(`GPU ${percentText(point.gpuUtilizationRatio)}`);
    parts.push(`GPU memory ${memoryText(point.gpuMemoryBytes)}`);
  }
  return parts.join(', ');
}

function factsOf(resources: JobResources): [string, string | null][] {
  const { summary, intervalMs, gpus } = resources;
  if (summary === null) return [['readings', 'none']];
  const { cpuCoresMean, cpuCoresPeak } = summary;
  const ofGpus = (text: string) => (gpus > 0 ? text : null);
  return [
    ['attempt', resources.attempt === null ? null : String(resources.attempt)],
    ['readings', String(summary.readings)],
    ['a point', intervalMs === null ? null : `every ${durationText(intervalMs)}`],
    ['cores', `${coresText(cpuCoresMean)} on average, ${coresText(cpuCoresPeak)} at most`],
    ['memory', `${memoryText(summary.memoryBytesPeak)} at most`],
    [
      'gpu',
      ofGpus(
        `${percentText(summary.gpuUtilizationRatioMean)} on average, ` +
          `${percentText(summary.gpuUtilizationRatioPeak)} at most`,
      ),
    ],
    ['gpu memory', ofGpus(`${memoryText(summary.gpuMemoryBytesPeak)} at most`)],
  ];
}
