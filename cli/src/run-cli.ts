import { CommanderError } from 'commander';
import { usageError } from './command-error.ts';
import { terminalOf } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { describeFailure, printFailure } from './output/problem.ts';
import type { ProgramState } from './program/attach-action.ts';
import { createProgram } from './program/create-program.ts';

/** Runs one command line. @returns the exit code; never throws. */
export async function runCli(host: Host): Promise<number> {
  const state: ProgramState = { host, exitCode: exitCodes.ok.code };
  const help: string[] = [];
  const program = createProgram(state, { writeOut: (text) => void help.push(text) });
  try {
    if (host.argv.length === 0) program.outputHelp();
    else await program.parseAsync(host.argv, { from: 'user' });
    await host.stdout.write(help.join(''));
    return state.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await host.stdout.write(help.join(''));
      return exitCodes.ok.code;
    }
    return reportFailure(host, error, help.join(''));
  }
}

async function reportFailure(host: Host, error: unknown, help: string): Promise<number> {
  const flags = ownFlags(host.argv);
  const terminal = terminalOf(host, {
    json: flags.includes('--json'),
    color: !flags.includes('--no-color'),
  });
  if (error instanceof CommanderError && error.code === 'commander.help' && !terminal.json) {
    await terminal.complain(help.trimEnd());
    return exitCodes.usage.code;
  }
  const cause = error instanceof CommanderError ? fromCommander(host, error) : error;
  const failure = describeFailure(cause, host.command);
  await printFailure(terminal, failure);
  if (host.env['NODE3_DEBUG'] && error instanceof Error) await terminal.complain(error.stack ?? '');
  return isAttachedRun(host.argv) ? exitCodes.runError.code : failure.exitCode;
}

function fromCommander(host: Host, error: CommanderError) {
  const [first = '', ...suggestions] = error.message.replace(/^error: /, '').split('\n');
  const detail = `${first.charAt(0).toUpperCase()}${first.slice(1)}.`.replace(/\.\.$/, '.');
  const command = operandsOf(ownFlags(host.argv)).slice(0, 2).join(' ');
  const isRun = command === 'run' || command.startsWith('run ');
  const fix = isRun
    ? 'See: node3 run --help. What the job runs goes after --: node3 run -- command --option'
    : `See: node3 ${known.test(command) ? `${command} ` : ''}--help`;
  const hint = suggestions.join(' ').replace(/^\((.*)\)$/, '$1');
  return usageError(detail, hint === '' ? fix : `${hint}\n${fix}`);
}

const known = /^(job|account|wallet|admin|agent|up|localnet|run)\b/;

/** Everything before `--`: what follows belongs to the job. */
function ownFlags(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

const valueFlags = ['--url', '--config'];

function operandsOf(flags: readonly string[]): string[] {
  return flags.filter(
    (flag, index) => !flag.startsWith('-') && !valueFlags.includes(flags[index - 1] ?? ''),
  );
}

/** As docker run: while attached, 1 to 124 are the job's own codes and 125 is ours. */
function isAttachedRun(argv: readonly string[]): boolean {
  const flags = ownFlags(argv);
  const detached = flags.includes('-d') || flags.includes('--detach');
  return operandsOf(flags)[0] === 'run' && !detached;
}
