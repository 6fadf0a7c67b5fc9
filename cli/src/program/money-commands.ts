import type { Command } from 'commander';
import type { HistoryOptions } from '../commands/account-deposits.ts';
import type { AdminDepositsOptions, AssignDepositOptions } from '../commands/admin-deposits.ts';
import type { DepositOptions } from '../commands/deposit.ts';
import type { WithdrawOptions } from '../commands/withdraw.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

/** Money into an account. */
export function addDepositCommand(state: ProgramState, program: Command): void {
  const deposit = program
    .command('deposit')
    .option('--asset <asset>', 'SOL or USDC', 'SOL')
    .option('--amount <amount>', 'how much; without it the payer decides')
    .option('--no-wait', 'only show the link');
  attachAction<DepositOptions>(
    state,
    deposit,
    async () => (await import('../commands/deposit.ts')).payIn,
  );
}

/** Money out of it. */
export function addWithdrawCommand(state: ProgramState, program: Command): void {
  const withdraw = program
    .command('withdraw')
    .argument('[amount]')
    .option('--asset <asset>', 'SOL or USDC', 'SOL')
    .option('--no-wait', 'do not wait until it is final')
    .option('--cancel <id>', 'take a withdrawal back that has not left yet');
  attachAction<WithdrawOptions>(
    state,
    withdraw,
    async () => (await import('../commands/withdraw.ts')).withdraw,
  );
}

/** What came into an account and what went out, as commands of `account`. */
export function addHistoryCommands(state: ProgramState, account: Command): void {
  const deposits = account
    .command('deposits')
    .description('Your deposits, newest first')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<HistoryOptions>(
    state,
    deposits,
    async () => (await import('../commands/account-deposits.ts')).showDeposits,
  );
  const withdrawals = account
    .command('withdrawals')
    .description('Your withdrawals, newest first')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<HistoryOptions>(
    state,
    withdrawals,
    async () => (await import('../commands/account-deposits.ts')).showWithdrawals,
  );
}

/** The operator's side, as commands of `admin`. */
export function addAdminMoneyCommands(state: ProgramState, admin: Command): void {
  const deposits = admin.command('deposits').description('Money that came in, and whose it is');
  const list = deposits
    .command('list')
    .description('Deposits, newest first')
    .option('--state <state>', 'credited, suspense or refunding')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<AdminDepositsOptions>(
    state,
    list,
    async () => (await import('../commands/admin-deposits.ts')).listDeposits,
  );
  const assign = deposits
    .command('assign')
    .description('Credit a deposit in suspense')
    .argument('<signature>')
    .option('--account <id>', 'to this account')
    .option('--capital', 'to the operator’s own money for fees and rent');
  attachAction<AssignDepositOptions>(
    state,
    assign,
    async () => (await import('../commands/admin-deposits.ts')).assign,
  );
  const refund = deposits
    .command('refund')
    .description('Send a deposit in suspense back to the wallet it came from')
    .argument('<signature>');
  attachAction(state, refund, async () => (await import('../commands/admin-deposits.ts')).refund);

  const cancel = admin
    .command('cancel-payment')
    .description('Take back a withdrawal or refund that has not left yet')
    .argument('<payout-id>');
  attachAction(
    state,
    cancel,
    async () => (await import('../commands/admin-deposits.ts')).cancelPayment,
  );
}
