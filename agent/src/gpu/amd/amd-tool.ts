import type { Command, CommandRunner } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import { explainAmdRun } from './amd-failure.ts';
import { type AmdFacts, factsOfIdentity, factsOfRocmCard } from './merge-amd-cards.ts';
import {
  type AmdSmiMetrics,
  type AmdSmiProcess,
  identityOf,
  metricsOfRecord,
  parseAmdSmi,
  processesOf,
} from './parse-amd-smi.ts';
import { parseRocmSmi, type RocmReport } from './parse-rocm-smi.ts';

/** Both are Python programs that take a second or two to start. */
const timeoutMs = 15_000;
const outputBytesMax = 4 * 1_048_576;

const staticArgs = ['static', '--asic', '--bus', '--vram', '--driver', '--board', '--json'];
const rocmArgs = [
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
  '--showdriverversion',
  '--json',
];

type Parsed<Value> =
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
  tool: 'amd-smi' | 'rocm-smi' | null;
  cards: AmdFacts[];
  problems: DetectionProblem[];
  tried: string[];
}

/** Asks amd-smi, and rocm-smi where that has no answer. */
export async function askAmdTools(runner: CommandRunner, signal: AbortSignal): Promise<AmdAnswer> {
  const failed: DetectionProblem[] = [];
  const tried: string[] = [];
  const modern = await ask(runner, { file: 'amd-smi', args: staticArgs }, parseAmdSmi, signal);
  tried.push(triedOf('amd-smi', modern));
  if (modern.kind === 'read' && modern.value.length > 0) {
    const cards = modern.value.map(identityOf).map(factsOfIdentity);
    return { tool: 'amd-smi', cards, problems: listed(modern.problem), tried };
  }
  if (modern.kind === 'failed') failed.push(modern.problem);
  const older = await readRocm(runner, signal);
  tried.push(triedOf('rocm-smi', older));
  if (older.kind === 'read' && older.value.cards.length > 0) {
    const { cards, driverVersion } = older.value;
    const facts = cards.map((card) => factsOfRocmCard(card, driverVersion));
    return { tool: 'rocm-smi', cards: facts, problems: listed(older.problem), tried };
  }
  if (older.kind === 'failed') failed.push(older.problem);
  const byCode = new Map(failed.map((problem) => [problem.code, problem]));
  return { tool: null, cards: [], problems: [...byCode.values()], tried };
}

function triedOf(tool: string, answer: Parsed<unknown>): string {
  const outcomes = { read: 'lists no GPU', missing: 'not installed', failed: 'failed' };
  return `${tool} (${outcomes[answer.kind]})`;
}

function listed(problem: DetectionProblem | null): DetectionProblem[] {
  return problem === null ? [] : [problem];
}

export function readRocm(runner: CommandRunner, signal: AbortSignal): Promise<Parsed<RocmReport>> {
  return ask(runner, { file: 'rocm-smi', args: rocmArgs }, parseRocmSmi, signal);
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
