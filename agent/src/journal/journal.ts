import type { PlainLine } from '@node3/shared/log-blocks';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { NumberedBlock } from '@node3/shared/recent-blocks';
import type { ExecutionOffer, ExecutionResult } from '@node3/shared/routes/agents';
import type { RunDevice } from '../economics/run-meter.ts';
import type { ByteBlock } from './byte-blocks.ts';

/**
 * Where an execution is on this machine. `offered`: written before the marketplace is told yes.
 * `starting`: written before the engine is asked to start, so that nothing is ever started twice.
 */
export const journalPhases = [
  'offered',
  'accepted',
  'preparing',
  'starting',
  'running',
  'ended',
] as const;
export type JournalPhase = (typeof journalPhases)[number];

/** How the agent is done with an execution for good. */
export type Closing = 'reported' | 'released' | 'superseded';

/** What the marketplace must still be told, until it has answered. */
export type PendingReport = 'result' | 'release';

export interface JournalExecution {
  executionId: string;
  jobId: string;
  attempt: number;
  leaseToken: string;
  /** The offer as it came, spec included. */
  offer: ExecutionOffer;
  phase: JournalPhase;
  /** Name of the executor that has the workload; null before one was chosen. */
  executor: string | null;
  isolation: string | null;
  imageDigest: string | null;
  offeredAtMs: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
  /** Lease end on the boot clock of `bootId`; null before the lease began. */
  leaseUntilBootMs: number | null;
  bootId: string | null;
  result: ExecutionResult | null;
  /** Of the devices that the run had; empty before it ended. */
  runDevices: readonly RunDevice[];
  pending: PendingReport | null;
  closed: Closing | null;
  lines: LogCursor;
}

/** With its place in the journal: a newer one has a higher number. */
export interface PlacedExecution extends JournalExecution {
  position: number;
}

export interface LogCursor {
  /** Lines written so far; the last one has this sequence number. */
  spooled: number;
  /** Bytes of workload output written so far, line breaks included. */
  bytes: number;
  /** Lines the marketplace has stored, or has refused for good. */
  acked: number;
  truncated: boolean;
  /** How far the workload's output was read when they were written; null where that isn't counted. */
  read: ReadMarks | null;
}

/** Bytes of whole lines of one stream, and how many pieces of the line after them were kept. */
export interface ReadMark {
  at: number;
  pieces: number;
}

export type ReadMarks = Record<'stdout' | 'stderr', ReadMark>;

export type SpooledBlock = ByteBlock & NumberedBlock;

export interface SpooledLine extends PlainLine {
  seq: number;
}

export interface LeaseRecord {
  executionId: string;
  leaseUntilBootMs: number;
  bootId: string | null;
}

/** What one device earned with one accepted result. */
export interface Earning {
  executionId: string;
  jobId: string;
  deviceId: string;
  model: string | null;
  runMs: number;
  asset: Asset;
  amount: BaseUnits;
  /** What its ask would have brought; null where it asked for nothing in this asset. */
  expected: BaseUnits | null;
  /** From the watts measured meanwhile; null where none were. */
  energyWh: number | null;
  energyUsd: number | null;
}

export interface RecordedEarning extends Earning {
  atMs: number;
}

/** All that a device has earned on this machine, and for how much of its run time what is known. */
export interface DeviceTotals {
  deviceId: string;
  model: string | null;
  sinceMs: number;
  results: number;
  runMs: number;
  earned: Record<Asset, BaseUnits>;
  /** Of the runs of `expectedMs`, those with an ask. */
  expected: Record<Asset, BaseUnits>;
  expectedMs: number;
  energyWh: number;
  energyMs: number;
  energyUsd: number;
  energyUsdMs: number;
  /** Earned in dollars less energy, of the runs where both are known. */
  netUsd: number;
  netMs: number;
}

/** What is read at once; each is left out for any number. */
export interface LinesMost {
  linesMax?: number;
  bytesMax?: number;
}

export interface PruneLimits {
  keep: number;
  whole: number;
  offerBytesMax: number;
}

/** What an appended batch adds to the cursor besides its number of lines. */
export interface AppendFacts {
  bytes: number;
  truncated: boolean;
  /** Left out or null: as it was. */
  read?: ReadMarks | null;
}

/**
 * The agent's memory. Every promise is on disk here before it is made to anybody; each write is
 * durable when it returns, but for those that say otherwise. A write that throws is unknown, not undone: the process must end and
 * read the journal again. Transitions out of order throw, so a defect can't run a job twice.
 */
export interface Journal {
  /** Installation id: labels our containers, stays the same for the life of the data directory. */
  ownerId(): string;
  mode(): 'run' | 'pause';
  saveMode(mode: 'run' | 'pause'): void;

  /** The claim that the next offer belongs to; null when a new one must be made. */
  claimId(): string | null;
  saveClaim(claimId: string): void;
  /** Stores an offer and uses up the claim in one step. @returns `known` for a repeated offer. */
  recordOffer(offer: ExecutionOffer, atMs: number): 'new' | 'known';
  /** Uses up the claim without keeping the offer: it was refused. */
  dropClaim(): void;

  recordAccepted(executionId: string, lease: LeaseRecord): void;
  recordLeases(leases: readonly LeaseRecord[]): void;
  /**
   * This and the next are with the kernel when they return, so a process that is killed has written them, and
   * on disk with the next write. A power cut may take them: what has not started is handed back all the same.
   */
  recordPreparing(executionId: string, executor: string, isolation: string): void;
  recordPrepared(executionId: string, imageDigest: string | null): void;
  /**
   * With the kernel before the engine is asked. `with the next` where nobody can see what the workload
   * does but by what this journal gets first, lines and result: so the flush of those is in time. A
   * power cut before it ends the workload and has it handed back as one that never started.
   */
  recordStarting(executionId: string, flush: 'now' | 'with the next'): void;
  /** On disk with the next write: after a power cut it is as if the start had not returned. */
  recordStarted(executionId: string, startedAtMs: number): void;
  recordResult(
    executionId: string,
    result: ExecutionResult,
    atMs: number,
    devices?: readonly RunDevice[],
  ): void;
  /** Only before `starting`: the workload surely never ran. */
  recordRelease(executionId: string, atMs: number): void;
  /** With what it earned, in one step: so each result is counted once, whatever is sent again. */
  recordClosed(
    executionId: string,
    closing: Closing,
    atMs: number,
    earnings?: readonly Earning[],
  ): void;
  /** By device, gone ones included. */
  deviceTotals(): DeviceTotals[];
  /** Of the latest results, newest first. */
  listEarnings(count: number): RecordedEarning[];
  /** Since a time, oldest first. */
  earningsSince(sinceMs: number): RecordedEarning[];
  /** Of one execution, by device. */
  earningsOf(executionId: string): RecordedEarning[];
  /** When the oldest row that is still here was written; null while there is none. */
  earningsKnownSinceMs(): number | null;

  find(executionId: string): JournalExecution | null;
  /** Executions not closed yet, oldest first. */
  listOpen(): JournalExecution[];
  /** The latest executions, newest first. */
  listRecent(count: number): JournalExecution[];
  /** Newest first, those that fit; `before` is a position, null begins with the latest. */
  listBefore(
    before: number | null,
    count: number,
    fits: (execution: PlacedExecution) => boolean,
  ): PlacedExecution[];

  /**
   * The first ones of an execution are on disk when this returns, and with them that it has started; later
   * ones are with the kernel, and on disk with the next write. A power cut, which ends the workload too,
   * may take the last of them, and with them how far its output was read.
   */
  appendBlocks(executionId: string, blocks: readonly ByteBlock[], facts: AppendFacts): void;
  /** At most `linesMax` lines, and no more once they have `bytesMax` bytes. */
  readBlocks(executionId: string, afterSeq: number, most?: LinesMost): SpooledBlock[];
  /** Lines up to `seq` need not be sent again; all but the last `keep` are deleted. */
  ackLines(executionId: string, seq: number, keep: number): void;
  tailLines(executionId: string, count: number): SpooledLine[];

  /**
   * Deletes closed executions beyond the newest `keep`, and of those beyond the newest `whole` the lines,
   * and all of one whose offer is larger than `offerBytesMax`.
   */
  prune(keep: PruneLimits): void;
  close(): void;
}
