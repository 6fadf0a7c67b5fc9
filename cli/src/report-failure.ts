import { CommanderError } from 'commander';
import { CommandError, usageError } from './command-error.ts';
import { type GlobalOptions, terminalOf } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { isRequestShown } from './http/observed-fetch.ts';
import { describeFailure, printFailure } from './output/problem.ts';
import type { Terminal } from './output/terminal.ts';
import type { ProgramState } from './program/attach-action.ts';
import { groupNames } from './program/command-groups.ts';
import { operandsOf, ownWords } from './program/operands.ts';

/** Tells what went wrong, in words or as a problem object. @returns the exit code. */
export async function reportFailure(
  state: ProgramState,
  error: unknown,
  help: string,
): Promise<number> {
  if (isRequestShown(error)) return exitCodes.ok.code;
  const { host } = state;
  const flags = ownWords(host.argv);
  const terminal = terminalFor(host, state.options ?? scanOptions(flags));
  if (error instanceof CommanderError && error.code === 'commander.help' && !terminal.json) {
    await terminal.complain(help.trimEnd());
    return exitCodes.usage.code;
  }
  const cause = error instanceof CommanderError ? fromCommander(host, error) : error;
  const failure = describeFailure(cause, host.command);
  await printFailure(terminal, failure);
  if (host.env['NODE3_DEBUG'] && error instanceof Error) await terminal.complain(error.stack ?? '');
  return isAttachedRun(host.argv) && !isStopped(cause) ? exitCodes.runError.code : failure.exitCode;
}

function isStopped(cause: unknown): boolean {
  return cause instanceof CommandError && ['interrupted', 'terminated'].includes(cause.exit);
}

/** A format that there is not is told in words. */
function terminalFor(host: Host, options: GlobalOptions): Terminal {
  try {
    return terminalOf(host, options);
  } catch {
    const { format: _unknown, ...rest } = options;
    return terminalOf({ ...host, env: {} }, rest);
  }
}

/** How an error is to be told when the command line itself could not be read. */
function scanOptions(flags: readonly string[]) {
  const wanted = flags.map((flag, index) =>
    /^(?:--format|-[dqy]*o)$/.test(flag)
      ? flags[index + 1]
      : /^(?:--format=|-[dqy]*o=?)(.+)$/.exec(flag)?.[1],
  );
  const format = wanted.find((word) => word !== undefined);
  return {
    json: flags.includes('--json') || /^(json|jsonl|yaml)$/.test(format ?? ''),
    color: !flags.includes('--no-color'),
  };
}

function fromCommander(host: Host, error: CommanderError) {
  const [first = '', ...suggestions] = error.message.replace(/^error: /, '').split('\n');
  const detail = `${first.charAt(0).toUpperCase()}${first.slice(1)}.`.replace(/\.\.$/, '.');
  const [group = '', command = ''] = operandsOf(host.argv);
  const named = [group, command].join(' ').trimEnd();
  const fix =
    group === 'run'
      ? 'See: node3 run --help. What the job runs goes after --: node3 run -- command --option'
      : `See: node3 ${groupNames.includes(group) ? `${named} ` : ''}--help`;
  const hint = suggestions.join(' ').replace(/^\((.*)\)$/, '$1');
  return usageError(detail, hint === '' ? fix : `${hint}\n${fix}`);
}

/** As docker run: while attached, 1 to 124 are the job's own codes and 125 is ours. */
function isAttachedRun(argv: readonly string[]): boolean {
  const flags = ownWords(argv);
  const detached = flags.some((flag) => flag === '--detach' || /^-[qy]*d/.test(flag));
  return operandsOf(argv)[0] === 'run' && !detached;
}
