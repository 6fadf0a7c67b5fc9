import { ConfigError } from '@node3/shared/env';
import { isMarketError, type MarketError, type Problem, toProblem } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import { KeypairFileError } from '@node3/shared/keypair-file-error';
import { assets, type Money } from '@node3/shared/money';
import { CommandError } from '../command-error.ts';
import { spellCommands } from '../command-name.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { moneyText } from './words.ts';

/** A problem of this command rather than of the marketplace: same shape, its own codes. */
type LocalProblem = Omit<Problem, 'code' | 'status'> & { code: string; status: null };

export interface Failure {
  exitCode: number;
  problem: Problem | LocalProblem;
}

/** Turns anything thrown into an exit code and a problem object, with hints this person can type. */
export function describeFailure(error: unknown, command: string): Failure {
  const { exitCode, problem } = explain(error);
  const fix = spellCommands(problem.fix, command);
  // What the marketplace says stays as it came.
  const isOurs = problem.status === null;
  const detail = isOurs ? spellCommands(problem.detail, command) : problem.detail;
  return { exitCode, problem: { ...problem, detail, fix } };
}

function explain(error: unknown): Failure {
  if (isMarketError(error)) {
    const problem = toProblem(error);
    return {
      exitCode: exitCodeOf(error.code),
      problem: { ...problem, fix: fixOf(error, problem) },
    };
  }
  if (error instanceof CommandError) {
    const exitCode = exitCodes[error.exit].code;
    return { exitCode, problem: localProblem(error.exit, error.message, error.fix) };
  }
  if (error instanceof ConfigError || error instanceof KeypairFileError) {
    return { exitCode: exitCodes.usage.code, problem: localProblem('usage', error.message, '') };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: exitCodes.failure.code, problem: localProblem('failure', message, '') };
}

function localProblem(kind: CommandError['exit'], detail: string, fix: string): LocalProblem {
  const titles = {
    usage: 'The command was called in a wrong way',
    failure: 'The command failed',
    funds: 'The wallet does not hold enough',
    auth: 'The token of the agent is needed',
    interrupted: 'The command was interrupted',
    terminated: 'The command was ended',
  };
  const code = `CLI_${kind.toUpperCase()}`;
  const type = `/problems/cli-${kind}`;
  return { type, title: titles[kind], status: null, code, detail, fix, retry: 'never' };
}

/** Where the command line has better advice than the table of errors. */
const betterFixes: Partial<Record<ErrorCode, string>> = {
  AUTH_REQUIRED: 'Run: node3 account create   (or give a key in NODE3_API_KEY)',
  AUTH_INVALID: 'Check NODE3_API_KEY, or get a new key: node3 account create',
  MARKETPLACE_UNREACHABLE:
    'Start one here with "node3 up", or name another: --url URL or NODE3_URL.',
  CHAIN_UNAVAILABLE: 'Check the node, or start a local one with "node3 up"; then try again.',
  JOB_NOT_FOUND: 'List your jobs: node3 job list',
};

function fixOf(error: MarketError, problem: Problem): string {
  if (error.context['operator'] === true) return 'Run: node3 admin fund-wallet';
  if (error.code === 'FUNDS_INSUFFICIENT') return depositAdvice(problem) ?? problem.fix;
  const { idempotencyKey: key } = error.context;
  if (error.code === 'MARKETPLACE_UNREACHABLE' && typeof key === 'string') {
    return `It may have been done all the same. To find out, repeat with --idempotency-key ${key}`;
  }
  if (error.code === 'JOB_UNSATISFIABLE') return isolationAdvice(error) ?? problem.fix;
  return betterFixes[error.code] ?? problem.fix;
}

/** What to do when it is the isolation that no agent can give; `isolationMin` is what was asked. */
function isolationAdvice({ context }: MarketError): string | null {
  if (context['constraint'] !== 'isolation') return null;
  if (context['isolationMin'] === 'native') {
    return 'No provider here allows jobs without a container. Leave out --isolation native.';
  }
  if (context['isolationMin'] !== 'container') return null;
  return (
    'It wants a container, and the agents here have no container engine. Without one, as a\n' +
    'plain process that sees the provider’s files and network: node3 run --isolation native …'
  );
}

/** The missing amount comes with the problem, as money or as an amount beside its asset. */
function depositAdvice(problem: Problem): string | null {
  const missing = problem.context?.['missing'];
  const asset = problem.context?.['asset'];
  const money = isMoney(missing) ? missing : { amount: missing, asset };
  if (!isMoney(money)) return null;
  const option = money.asset === 'SOL' ? '' : ` --asset ${money.asset}`;
  return `Missing ${moneyText(money)}. Run: node3 account deposit ${money.amount}${option}`;
}

function isMoney(value: unknown): value is Money {
  if (typeof value !== 'object' || value === null) return false;
  const { amount, asset } = value as Partial<Money>;
  return typeof amount === 'string' && assets.some((name) => name === asset);
}

/** Writes the failure to standard error: the problem object with --json, else words. */
export async function printFailure(terminal: Terminal, failure: Failure): Promise<void> {
  const { problem } = failure;
  if (terminal.json) {
    await terminal.complain(JSON.stringify(problem));
    return;
  }
  const paint = terminal.talkPaint;
  await terminal.complain(`${paint.red('error')}  ${problem.detail}`);
  for (const field of problem.errors ?? []) {
    await terminal.complain(`       ${field.pointer}: ${field.detail}`);
    if (field.fix !== undefined) await terminal.complain(`         ${field.fix}`);
  }
  for (const line of problem.fix === '' ? [] : problem.fix.split('\n')) {
    await terminal.complain(`       ${line}`);
  }
  if (problem.requestId !== undefined) {
    await terminal.complain(paint.dim(`       request ${problem.requestId}`));
  }
}
