import { Command } from 'commander';
import { exitCodes } from '../exit-codes.ts';
import { addAccountCommands } from './account-commands.ts';
import { addAdminCommands } from './admin-commands.ts';
import { addKeyCommands } from './agent-commands.ts';
import { addAlertCommands } from './alert-commands.ts';
import type { ProgramState } from './attach-action.ts';
import { addUploadCommand } from './file-commands.ts';
import { addJobCommands, addReceiptCommand } from './job-commands.ts';
import { addMoneyCommands } from './money-commands.ts';
import { addOwnAgentCommands } from './own-agent-commands.ts';
import { addQuoteCommand, addRunCommand } from './run-command.ts';
import { addScheduleCommands } from './schedule-commands.ts';
import { addServiceCommands } from './service-commands.ts';
import { addTemplateCommands } from './template-commands.ts';
import { addWalletCommands } from './wallet-commands.ts';
import { addWebhookCommands } from './webhook-commands.ts';

export interface ProgramOutput {
  writeOut(text: string): void;
}

/** Declares every command. Their code is loaded only when one is called. */
export function createProgram(state: ProgramState, output: ProgramOutput): Command {
  const program = new Command(state.host.command)
    .description('Run jobs on other people’s GPUs, and be paid for running theirs')
    .version('0.1.0', '-V, --version')
    .option('--url <url>', 'the marketplace; else NODE3_URL, MARKETPLACE_URL, the last one used')
    .option('--json', 'machine-readable output; errors as problem objects on stderr')
    .option('--no-color', 'no colours; NO_COLOR does the same')
    .option('-q, --quiet', 'only data and errors')
    .option('--config <file>', 'where keys are kept; default $XDG_CONFIG_HOME/node3/config.json')
    .configureHelp({ showGlobalOptions: true, helpWidth: 80 })
    .configureOutput({
      writeOut: (text) => output.writeOut(text),
      writeErr: (text) => output.writeOut(text),
      // Errors are told by the one place that also knows --json and the exit codes.
      outputError: () => undefined,
    })
    .exitOverride();
  addRunCommand(state, program);
  addQuoteCommand(state, program);
  addJobCommands(state, program);
  addReceiptCommand(state, program);
  addUploadCommand(state, program);
  addTemplateCommands(state, program);
  addScheduleCommands(state, program);
  addWebhookCommands(state, program);
  addAlertCommands(state, program);
  addAccountCommands(state, program);
  addKeyCommands(state, program);
  addMoneyCommands(state, program);
  addWalletCommands(state, program);
  addServiceCommands(state, program);
  addOwnAgentCommands(state, program);
  addAdminCommands(state, program);
  program
    .command('exit-codes')
    .description('What the exit codes mean')
    .action(() => output.writeOut(`${formatExitCodes().join('\n')}\n`));
  return program;
}

export function formatExitCodes(): string[] {
  return Object.values(exitCodes).map(
    ({ code, meaning }) => `${String(code).padStart(3)}  ${meaning}`,
  );
}
