import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { Command, CommandResult, CommandRunner } from '../command-runner.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import { unreadableOutput } from '../tool-problem.ts';
import { type ComputeApp, parseComputeApps } from './parse-compute-apps.ts';
import { parseSmiRows, type SmiRow } from './parse-smi-rows.ts';
import { parseSmiText } from './parse-smi-text.ts';
import { parseSmiXml } from './parse-smi-xml.ts';
import { explainNotice, explainResult, type SmiFailure, unsupportedField } from './smi-failure.ts';
import type { SmiDocument } from './smi-section.ts';

/** Without persistence mode every call initialises each card anew, seconds on large machines. */
const reportTimeoutMs = 20_000;
const queryTimeoutMs = 10_000;
/** A report has about 65 kB per card, most of it clock tables; 64 cards fit. */
const outputBytesMax = 8 * 1_048_576;

function smi(args: readonly string[], timeoutMs: number): Command {
  return { file: 'nvidia-smi', args, timeoutMs, outputBytesMax };
}

type SmiOutcome<Value> =
  | { ok: true; value: Value; problems: DetectionProblem[] }
  | { ok: false; failure: SmiFailure };

function explainNotices(notices: readonly string[]): DetectionProblem[] {
  const found = notices.flatMap((line) => explainNotice(line) ?? []);
  return [...new Map(found.map((problem) => [problem.code, problem])).values()];
}

/** The full report: XML, or the text form where the XML can't be read. */
export async function readSmiReport(
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<SmiOutcome<SmiDocument>> {
  const xml = await runner.run(smi(['-q', '-x'], reportTimeoutMs), signal);
  const fromXml = documentOf(xml, parseSmiXml);
  if (fromXml !== null) return fromXml;
  const text = await runner.run(smi(['-q'], reportTimeoutMs), signal);
  return documentOf(text, parseSmiText) ?? { ok: false, failure: unreadable };
}

const unreadable: SmiFailure = {
  status: 'error',
  problem: unreadableOutput('nvidia-smi -q'),
};

const truncated: DetectionProblem = sayGpuProblem('nvidia.output-truncated');

/** Without the line in the middle of which a failing run ended: half a UUID is another one's. */
function wholeLines({ exitCode, stdout }: Extract<CommandResult, { kind: 'exited' }>): string {
  return exitCode === 0 ? stdout : stdout.slice(0, stdout.lastIndexOf('\n') + 1);
}

/** @returns `null` when the run ended well and its output is not a report. */
function documentOf(
  result: CommandResult,
  parse: (output: string) => SmiDocument | null,
): SmiOutcome<SmiDocument> | null {
  const failed = explainResult(result);
  const value = result.kind === 'exited' ? parse(wholeLines(result)) : null;
  const hasGpus = value?.root.children.some((section) => section.name === 'gpu') ?? false;
  // A dead card makes the exit code bad while the others are printed: those still count.
  if (value !== null && (hasGpus || failed === null)) {
    const problems = explainNotices(value.notices);
    if (!value.complete) problems.push(truncated);
    if (failed !== null && problems.length === 0) problems.push(failed.problem);
    return { ok: true, value, problems };
  }
  return failed === null ? null : { ok: false, failure: failed };
}

/**
 * Asks `--query-gpu` for fields. One field that the driver doesn't know fails the whole query, so
 * it is dropped and remembered in `unsupportedFields`, and the rest is asked again.
 */
export async function querySmi(
  runner: CommandRunner,
  fields: readonly string[],
  unsupportedFields: Set<string>,
  signal: AbortSignal,
): Promise<SmiOutcome<SmiRow[]>> {
  for (let tries = 0; tries <= fields.length; tries += 1) {
    const asked = fields.filter((field) => !unsupportedFields.has(field));
    const args = [`--query-gpu=${asked.join(',')}`, '--format=csv,noheader,nounits'];
    const result = await runner.run(smi(args, queryTimeoutMs), signal);
    const unknown = unsupportedField(result);
    if (unknown !== null && asked.includes(unknown) && asked.length > 1) {
      unsupportedFields.add(unknown);
      continue;
    }
    return rowsOf(result, asked);
  }
  return { ok: false, failure: unreadable };
}

function rowsOf(result: CommandResult, asked: readonly string[]): SmiOutcome<SmiRow[]> {
  const failed = explainResult(result);
  const parsed = result.kind === 'exited' ? parseSmiRows(wholeLines(result), asked) : null;
  if (parsed === null || parsed.rows.length === 0) {
    return { ok: false, failure: failed ?? unreadable };
  }
  const problems = explainNotices(parsed.notices);
  if (failed !== null && problems.length === 0) problems.push(failed.problem);
  return { ok: true, value: parsed.rows, problems };
}

/** Names are for who looks alone: jobs choose theirs, and one may have a line break in it. */
const appFields = {
  unnamed: ['gpu_uuid', 'pid', 'used_gpu_memory'],
  named: ['gpu_uuid', 'pid', 'process_name', 'used_gpu_memory'],
} as const;

/** The programs that compute on a card; `null` where the tool does not tell. */
export async function listApps(
  runner: CommandRunner,
  as: keyof typeof appFields,
  signal: AbortSignal,
): Promise<ComputeApp[] | null> {
  const fields = appFields[as];
  const args = [`--query-compute-apps=${fields.join(',')}`, '--format=csv,noheader,nounits'];
  const result = await runner.run(smi(args, queryTimeoutMs), signal);
  if (result.kind !== 'exited' || result.exitCode !== 0) return null;
  return parseComputeApps(result.stdout, fields);
}

/** `nvidia-smi -L`, as text. */
export async function listSmi(
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<SmiOutcome<string>> {
  const result = await runner.run(smi(['-L'], queryTimeoutMs), signal);
  const failed = explainResult(result);
  if (failed !== null) return { ok: false, failure: failed };
  const value = result.kind === 'exited' ? result.stdout : '';
  return { ok: true, value, problems: [] };
}
