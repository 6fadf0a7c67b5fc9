import type { Command, CommandRunner } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import { explainAmdRun } from './amd-failure.ts';
import {
  type AmdFacts,
  factsOfAgent,
  factsOfIdentity,
  factsOfRocmCard,
  factsOfTopCard,
} from './merge-amd-cards.ts';
import {
  type AmdSmiMetrics,
  type AmdSmiProcess,
  identityOf,
  metricsOfRecord,
  parseAmdSmi,
  processesOf,
} from './parse-amd-smi.ts';
import { type AmdgpuTopCard, parseAmdgpuTop } from './parse-amdgpu-top.ts';
import { parseRocmSmi, type RocmReport } from './parse-rocm-smi.ts';
import { parseRocminfo } from './parse-rocminfo.ts';

/** Both are Python programs that take a second or two to start. */
const timeoutMs = 15_000;
const outputBytesMax = 4 * 1_048_576;

const staticArgs = ['static', '--asic', '--bus', '--vram', '--driver', '--board', '--json'];
const rocmFacts = [
  '--showid',
  '--showuniqueid',
  '--showbus',
  '--showproductname',
  '--showmeminfo',
  'vram',
  '--showuse',
  '--showmemuse',
  '--showtemp',
  '--showpower',
  '--showmaxpower',
  '--showfan',
  '--showclocks',
  '--showreplaycount',
  '--showdriverversion',
];

export type Parsed<Value> =
  | { kind: 'read'; value: Value; problem: DetectionProblem | null }
  | { kind: 'missing' }
  | { kind: 'failed'; problem: DetectionProblem };

async function ask<Value>(
  runner: CommandRunner,
  command: Pick<Command, 'file' | 'args'>,
  parse: (output: string) => Value | null,
  signal: AbortSignal,
): Promise<Parsed<Value>> {
  const result = await runner.run({ ...command, timeoutMs, outputBytesMax }, signal);
  if (result.kind === 'missing') return { kind: 'missing' };
  const value = result.kind === 'exited' ? parse(result.stdout) : null;
  const complaint = explainAmdRun(command.file, result);
  if (value !== null) {
    // Warnings beside an answer count only where the exit code agrees with them.
    const failed = result.kind === 'exited' && result.exitCode !== 0;
    return { kind: 'read', value, problem: failed ? complaint : null };
  }
  return complaint === null ? { kind: 'missing' } : { kind: 'failed', problem: complaint };
}

export interface AmdAnswer {
  /** The tool that answered; `null` when none did. */
  tool: 'amd-smi' | 'rocm-smi' | 'rocminfo' | 'amdgpu_top' | null;
  cards: AmdFacts[];
  problems: DetectionProblem[];
  tried: string[];
}

type AskForCards = (runner: CommandRunner, signal: AbortSignal) => Promise<Parsed<AmdFacts[]>>;

/**
 * In the order in which they are asked: AMD's own, richest first; `rocminfo`, the only one that
 * works in WSL; and what owners of consumer cards have without ROCm.
 */
const cardSources: readonly { tool: NonNullable<AmdAnswer['tool']>; ask: AskForCards }[] = [
  {
    tool: 'amd-smi',
    async ask(runner, signal) {
      const answer = await ask(runner, { file: 'amd-smi', args: staticArgs }, parseAmdSmi, signal);
      return mapRead(answer, (records) => records.map(identityOf).map(factsOfIdentity));
    },
  },
  {
    tool: 'rocm-smi',
    async ask(runner, signal) {
      return mapRead(await readRocm(runner, signal), ({ cards, driverVersion }) =>
        cards.map((card) => factsOfRocmCard(card, driverVersion)),
      );
    },
  },
  {
    tool: 'rocminfo',
    async ask(runner, signal) {
      const answer = await ask(runner, { file: 'rocminfo', args: [] }, parseRocminfo, signal);
      return mapRead(answer, (agents) => agents.map(factsOfAgent));
    },
  },
  {
    tool: 'amdgpu_top',
    async ask(runner, signal) {
      return mapRead(await readAmdgpuTop(runner, signal), (cards) => cards.map(factsOfTopCard));
    },
  },
];

/** Asks AMD's tools one after another, until one lists a card. */
export async function askAmdTools(runner: CommandRunner, signal: AbortSignal): Promise<AmdAnswer> {
  const failed: DetectionProblem[] = [];
  const tried: string[] = [];
  for (const source of cardSources) {
    const answer = await source.ask(runner, signal);
    tried.push(triedOf(source.tool, answer));
    if (answer.kind === 'read' && answer.value.length > 0) {
      const problems = answer.problem === null ? [] : [answer.problem];
      return { tool: source.tool, cards: answer.value, problems, tried };
    }
    if (answer.kind === 'failed') failed.push(answer.problem);
  }
  const byCode = new Map(failed.map((problem) => [problem.code, problem]));
  return { tool: null, cards: [], problems: [...byCode.values()], tried };
}

export function mapRead<From, To>(answer: Parsed<From>, map: (value: From) => To): Parsed<To> {
  return answer.kind === 'read' ? { ...answer, value: map(answer.value) } : answer;
}

function triedOf(tool: string, answer: Parsed<unknown>): string {
  const outcomes = { read: 'lists no GPU', missing: 'not installed', failed: 'failed' };
  return `${tool} (${outcomes[answer.kind]})`;
}

/** Its JSON is broken where it warns of a card in the middle of it; then its table is asked for. */
export async function readRocm(
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<Parsed<RocmReport>> {
  const read = (format: string) =>
    ask(runner, { file: 'rocm-smi', args: [...rocmFacts, format] }, parseRocmSmi, signal);
  const answer = await read('--json');
  const isBroken = answer.kind === 'failed' && answer.problem.code === 'output-unreadable';
  return isBroken ? read('--csv') : answer;
}

/** All cards that are powered, with what they measure. */
export function readAmdgpuTop(
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<Parsed<AmdgpuTopCard[]>> {
  return ask(runner, { file: 'amdgpu_top', args: ['-d', '--json'] }, parseAmdgpuTop, signal);
}

/** The programs that use each GPU, through amd-smi. */
export function readAmdProcesses(
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<Parsed<AmdSmiProcess[]>> {
  const parse = (output: string) => parseAmdSmi(output)?.flatMap(processesOf) ?? null;
  return ask(runner, { file: 'amd-smi', args: ['process', '--json'] }, parse, signal);
}

/** Telemetry of all cards through amd-smi, for machines whose `/sys` has none. */
export function readAmdMetrics(
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<Parsed<AmdSmiMetrics[]>> {
  const parse = (output: string) => parseAmdSmi(output)?.map(metricsOfRecord) ?? null;
  return ask(runner, { file: 'amd-smi', args: ['metric', '--json'] }, parse, signal);
}
