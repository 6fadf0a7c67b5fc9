import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { ProgramState } from './program/attach-action.ts';
import { createProgram } from './program/create-program.ts';
import { operandsOf } from './program/operands.ts';

/** Runs one command line. @returns the exit code; never throws. */
export async function runCli(host: Host): Promise<number> {
  const state: ProgramState = { host, exitCode: exitCodes.ok.code, options: null };
  const help: string[] = [];
  const [first = '', second = ''] = operandsOf(host.argv);
  try {
    const meant = first === 'help' ? second : first;
    if (first === '__complete') return await completeLine(state);
    const output = { writeOut: (text: string) => void help.push(text) };
    const program = await createProgram(state, output, meant);
    if (host.argv.length === 0) program.outputHelp();
    else await program.parseAsync(host.argv, { from: 'user' });
    await host.stdout.write(help.join(''));
    return state.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      await host.stdout.write(help.join(''));
      return exitCodes.ok.code;
    }
    const { reportFailure } = await import('./report-failure.ts');
    return reportFailure(state, error, help.join(''));
  }
}

/** What the scripts of `node3 completion` ask. */
async function completeLine(state: ProgramState): Promise<number> {
  const { host } = state;
  const words = host.argv.slice(1);
  const [meant = ''] = operandsOf(words);
  const program = await createProgram(state, { writeOut: () => undefined }, meant);
  const { completeWords } = await import('./completion/complete-words.ts');
  await host.stdout.write(
    completeWords(program, words)
      .map((line) => `${line}\n`)
      .join(''),
  );
  return exitCodes.ok.code;
}
