import type { Command, OptionValues } from 'commander';
import type { Context, GlobalOptions } from '../context.ts';
import type { Host } from '../host.ts';
import { checkCurl, mayMakeProfile, readGlobalOptions, readOwnOptions } from './global-options.ts';

/** How a command was called: its own options, and its operands in order. */
export interface Call<O> {
  options: O;
  args: readonly string[];
}

export type CommandFunction<O> = (context: Context, call: Call<O>) => Promise<number>;

/** What one run of the program carries from its declaration to its end. */
export interface ProgramState {
  readonly host: Host;
  exitCode: number;
  /** The global options, once they are read. */
  options: GlobalOptions | null;
}

/** Gives a command its code. It is loaded only when the command is really called, as is the context. */
export function attachAction<O extends OptionValues>(
  state: ProgramState,
  command: Command,
  load: () => Promise<CommandFunction<O>>,
): void {
  command.action(async () => {
    state.options = readGlobalOptions(command);
    checkCurl(command, state.options);
    const [run, { createContext }] = await Promise.all([load(), import('../context.ts')]);
    const missing = mayMakeProfile(command) ? 'allowed' : 'refused';
    const context = await createContext(state.host, state.options, missing);
    state.exitCode = await run(context, {
      options: readOwnOptions(command) as O,
      args: command.args,
    });
  });
}

/** Collects a repeatable option. */
export function collect(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}
