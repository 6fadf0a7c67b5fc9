import type { Command } from 'commander';
import type { AccountCapsOptions } from '../commands/account-caps.ts';
import type { AccountCreateOptions } from '../commands/account-create.ts';
import type { AccountDepositOptions } from '../commands/account-deposit.ts';
import type { AccountShowOptions } from '../commands/account-show.ts';
import { attachAction, type ProgramState } from './attach-action.ts';
import { addHistoryCommands } from './money-commands.ts';

export function addAccountCommands(state: ProgramState, program: Command): void {
  const account = program.command('account');
  const show = account
    .command('show')
    .description('The account and its balances')
    .option('--show-key', 'also print the API key');
  attachAction<AccountShowOptions>(
    state,
    show,
    async () => (await import('../commands/account-show.ts')).showAccount,
  );

  addHistoryCommands(state, account);
  const create = account
    .command('create')
    .description('Open an account with a wallet, or get another key for it')
    .option('--wallet <file>', 'keypair file; created when it does not exist')
    .option('--name <name>', 'a name for the account')
    .option('--show-key', 'also print the API key');
  attachAction<AccountCreateOptions>(
    state,
    create,
    async () => (await import('../commands/account-create.ts')).createAccountCommand,
  );

  const caps = account
    .command('caps')
    .description('What may be spent at most; sets the caps that are named, signed by your wallet')
    .option('--asset <asset>', 'SOL or USDC', 'USDC')
    .option('--per-job <amount>', 'the most one job may cost, fee included; none is no limit')
    .option('--open <amount>', 'the most that open jobs may hold together')
    .option('--per-day <amount>', 'the most that the jobs of one UTC day may cost')
    .option('--key <id>', 'set the caps of this key instead of the account')
    .option('--wallet <file>', 'keypair file of the account');
  attachAction<AccountCapsOptions>(
    state,
    caps,
    async () => (await import('../commands/account-caps.ts')).accountCaps,
  );

  const deposit = account
    .command('deposit')
    .description('Move money from your wallet to your account')
    .argument('[amount]')
    .option('--asset <asset>', 'SOL or USDC', 'SOL')
    .option('--wallet <file>', 'keypair file that pays')
    .option('--rpc <url>', 'Solana node')
    .option('--signature <signature>', 'claim a transfer that was already sent');
  attachAction<AccountDepositOptions>(
    state,
    deposit,
    async () => (await import('../commands/account-deposit.ts')).deposit,
  );
}
