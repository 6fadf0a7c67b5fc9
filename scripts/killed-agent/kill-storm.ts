import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '@node3/shared/limits';
import type { ServiceProcess } from '../service-process.ts';
import type { ContainerRecord } from './container-record.ts';

export interface KillStormOptions {
  agent: ServiceProcess;
  containers: ContainerRecord;
  kills: number;
  /** How many of them are followed by more than a lease without an agent. */
  longAbsences: number;
  /** The share of the work that is done, 0 to 1; at 1 there is nothing left to disturb. */
  progress: () => number;
  /** Posts a job that outlives a long absence, and resolves when its container runs. */
  startLongJob: () => Promise<void>;
  onKill: () => void;
}

/** When the agent was there, by the wall clock: from its ready line to its death. */
export interface Presence {
  fromMs: number;
  /** null while it lives. */
  untilMs: number | null;
}

export interface KillStormReport {
  kills: number;
  killsWhileRunning: number;
  killsWhileStarting: number;
  longAbsences: number;
  presences: Presence[];
}

/** Containers that start between two kills, and how much later the kill comes, both at most. */
const startsMax = 5;
const delayMsMax = 1_500;
const patienceMs = 6_000;
/** The last kill comes when so much is done. */
const spread = 0.85;
const lookMs = 100;
/** One kill in so many strikes the agent before it is ready. */
const startingShare = 0.2;
const startingMsMax = 2_500;
/** Longer than a lease and its grace: the marketplace has given the jobs up by then. */
export const longAbsenceMs = limits.leaseMs + limits.leaseGraceMs + 8_000;

/** SIGKILL again and again, at moments that follow the work: random, yet never of no consequence. */
export async function runKillStorm(options: KillStormOptions): Promise<KillStormReport> {
  const { containers, kills, longAbsences } = options;
  const report: KillStormReport = {
    kills: 0,
    killsWhileRunning: 0,
    killsWhileStarting: 0,
    longAbsences: 0,
    presences: [{ fromMs: Date.now(), untilMs: null }],
  };
  const longEvery = longAbsences === 0 ? Number.POSITIVE_INFINITY : kills / (longAbsences + 1);
  while (report.kills < kills && options.progress() < 1) {
    await waitForWork(containers);
    // Spread over all of the work: not many kills while one job is on.
    while (options.progress() < (report.kills / kills) * spread) await sleep(lookMs);
    const isLong = Math.floor(report.kills / longEvery) >= report.longAbsences + 1;
    if (isLong) {
      report.longAbsences += 1;
      await options.startLongJob();
    }
    if (containers.running() > 0) report.killsWhileRunning += 1;
    await strike(options, report);
    await sleep(isLong ? longAbsenceMs : Math.random() * delayMsMax);
    await comeBack(options, report);
  }
  return report;
}

/** Sometimes it is struck again before it is ready. */
async function comeBack(options: KillStormOptions, report: KillStormReport): Promise<void> {
  const { agent, kills, onKill, progress } = options;
  const isMore = report.kills < kills && progress() < 1;
  const isStruck = isMore && Math.random() < startingShare;
  const ready = agent.start();
  if (isStruck) {
    const outcome = ready.catch(() => null);
    await sleep(Math.random() * startingMsMax);
    await agent.kill();
    report.kills += 1;
    report.killsWhileStarting += 1;
    onKill();
    await outcome;
    await agent.start();
  } else {
    await ready;
  }
  report.presences.push({ fromMs: Date.now(), untilMs: null });
}

async function strike({ agent, onKill }: KillStormOptions, report: KillStormReport): Promise<void> {
  await agent.kill();
  report.kills += 1;
  onKill();
  const last = report.presences.at(-1);
  if (last !== undefined) last.untilMs = Date.now();
}

async function waitForWork(containers: ContainerRecord): Promise<void> {
  const due = containers.starts + 1 + Math.floor(Math.random() * startsMax);
  const late = sleep(patienceMs).then(() => 'late' as const);
  while (containers.starts < due) {
    if ((await Promise.race([containers.nextStart(), late])) === 'late') break;
  }
  await sleep(Math.random() * delayMsMax);
}
