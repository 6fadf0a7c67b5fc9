import type { Command } from 'commander';
import { spellCommands } from '../command-name.ts';
import type { InitOptions } from '../commands/init.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addInitCommand(state: ProgramState, program: Command): void {
  const init = program
    .command('init')
    .description(
      'Takes you from nothing to a first job: asks for the marketplace, logs you in or opens an\n' +
        'account, gets play money on localnet and devnet, shows the price of a job and runs it.\n' +
        'With --provider it prepares this machine to run the jobs of others: settings, wallet, policy,\n' +
        'and a look at engine and GPUs. Every answer is an option; without a terminal nothing is asked,\n' +
        'and nothing is spent unless an option or --yes says so. Done again, it goes on where it was.',
    )
    .option('--wallet <file>', 'keypair file; created when it does not exist')
    .option('--name <name>', 'a name for the account, or for the agent')
    .option('--credits <amount>', 'deposit so much play money from the faucet, such as 0.1')
    .option('--rpc <url>', 'the Solana node of the faucet')
    .option('--first-job', 'run it without being asked')
    .option('--no-first-job', 'leave it out')
    .option('--provider', 'prepare this machine to earn')
    .option('--data-dir <dir>', 'with --provider: where the agent keeps its data')
    .option('--ask <amount>', 'with --provider: the least for an hour on a GPU, such as 0.3USDC')
    .option('--hours <windows>', 'with --provider: when jobs may run, such as "22:00-08:00"')
    .option('--image <image>', 'with --provider: an image with a shell, to try the engine with')
    .addHelpText('after', spellCommands(examples, state.host.command));
  attachAction<InitOptions>(
    state,
    init,
    async () => (await import('../commands/init.ts')).initialise,
  );
}

const examples = `
Examples:
  node3 init
  node3 init --url https://market.example --yes
  node3 --profile work init --url https://market.example --no-first-job
  node3 init --provider --url https://market.example --ask 0.3USDC`;
