import { Command } from 'commander';
import { usageError } from '../command-error.ts';
import type { ProgramState } from './attach-action.ts';
import { commandGroups } from './command-groups.ts';
import { addGlobalOptions, spreadGlobalOptions } from './global-options.ts';

export interface ProgramOutput {
  writeOut(text: string): void;
}

/**
 * Declares the commands: the meant one with its options and subcommands, the others by name and
 * summary, which is all that help, suggestions and errors need. `null` declares all in full.
 */
export async function createProgram(
  state: ProgramState,
  output: ProgramOutput,
  meant: string | null,
): Promise<Command> {
  const program = new Command(state.host.command)
    .description('Run jobs on other people’s GPUs, and be paid for running theirs')
    .version('0.1.0', '-V, --version')
    .enablePositionalOptions()
    .configureHelp({ showGlobalOptions: true, helpWidth: 80, subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => output.writeOut(text),
      writeErr: (text) => output.writeOut(text),
      // Errors are told by the one place that also knows --json and the exit codes.
      outputError: () => undefined,
    })
    .exitOverride();
  addGlobalOptions(program);
  for (const [heading, groups] of Object.entries(commandGroups)) {
    for (const group of groups) {
      const { name, summary } = group;
      if (meant === null || meant === name) (await group.load())(state, program);
      else program.command(name).action(neverDeclared);
      const command = program.commands.find((known) => known.name() === name);
      command?.summary(summary).helpGroup(`${heading}:`);
      if (command?.description() === '') command.description(sentence(summary));
    }
  }
  for (const command of program.commands) {
    if (meant === null || meant === command.name()) spreadGlobalOptions(command);
  }
  return program;
}

/** A command in a list of commands. Most have options, so saying so of each says nothing. */
function termOf(command: Command): string {
  const names = [command.name(), ...command.aliases()].join('|');
  const operands = command.registeredArguments.map((operand) =>
    operand.required ? `<${operand.name()}>` : `[${operand.name()}]`,
  );
  return [names, ...operands].join(' ');
}

function neverDeclared(): never {
  throw usageError('The name of the command was not found.', 'Write it before its own options.');
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}`;
}
