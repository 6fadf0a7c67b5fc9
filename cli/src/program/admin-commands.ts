import { type Command, Option } from 'commander';
import type { BackUpOptions, CopyOptions } from '../commands/admin-backup.ts';
import type { CreateTestJobsOptions } from '../commands/admin-create-jobs.ts';
import type { FailJobOptions } from '../commands/admin-job.ts';
import type {
  ExportLedgerOptions,
  VerifyLedgerOptions,
  WriteOffOptions,
} from '../commands/admin-ledger.ts';
import type { PaymentHistoryOptions } from '../commands/admin-payments.ts';
import type {
  AcceptHistoryOptions,
  PayoutSwitchOptions,
  SettleOptions,
} from '../commands/admin-payouts.ts';
import type { AdminJobOptions } from '../parse/admin-job.ts';
import { addAdminAgentCommands } from './agent-commands.ts';
import { addAdminAlertCommands } from './alert-commands.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';
import { addAuditCommands } from './audit-commands.ts';
import { addAdminMoneyCommands } from './money-commands.ts';
import { addProviderCommands } from './provider-commands.ts';
import { addSwitchCommands } from './switch-commands.ts';

/** The operator's commands, with the names and flags of the seed's marketplace_admin. */
export function addAdminCommands(state: ProgramState, program: Command): void {
  const admin = program.command('admin');
  addReadingCommands(state, admin);
  addLedgerCommands(state, admin);
  addAuditCommands(state, admin);
  addAdminAlertCommands(state, admin);
  addAdminAgentCommands(state, admin);
  addProviderCommands(state, admin);
  addSwitchCommands(state, admin);
  addDatabaseCommands(state, admin);

  const create = admin
    .command('create-job')
    .description('Post a job paid by the operator’s account')
    .option('--job-type <type>', 'what kind of job, kept as a label (default: inference)')
    .addOption(new Option('--type <type>', 'the same as --job-type').conflicts('jobType'))
    .option('--docker-image <image>', 'container image; the marketplace has a default')
    .option('--command <part>', 'a shell line, or repeated: program and arguments', collect)
    .option('--reward <amount>', 'what the provider gets', '0.001')
    .option('--asset <asset>', 'SOL or USDC', 'SOL')
    .option('--gpu-memory <bytes>', 'least memory of the GPU, bytes', '0')
    .option('--requires-gpu', 'only on a machine with a GPU')
    .option('--no-gpu', 'no GPU needed (the default)')
    .option('--duration <sec>', 'how long it is expected to take, kept as a label', '60')
    .option('--timeout <sec>', 'stop it after this time', '300')
    .option('--env <name=value>', 'environment variable; repeatable', collect)
    .option('--priority <priority>', 'low, normal, high or urgent (default: normal)')
    .option('--input-data-url <url>', 'archive whose files the job finds in /input')
    .option('--output-upload-url <url>', 'where agents of the node³ seed put the result');
  attachAction<AdminJobOptions>(
    state,
    create,
    async () => (await import('../commands/admin-create-jobs.ts')).createAdminJob,
  );

  const fail = admin
    .command('job')
    .description('What an operator does to one job')
    .command('fail')
    .description(
      'End a job that an agent holds; the requester pays nothing, the fees pay the agent',
    )
    .argument('<id>')
    .requiredOption('--detail <text>', 'what went wrong, for both sides to read');
  attachAction<FailJobOptions>(
    state,
    fail,
    async () => (await import('../commands/admin-job.ts')).failRunningJob,
  );

  const test = admin
    .command('create-test-jobs')
    .description('Post several small jobs')
    .option('--count <n>', 'how many', '10')
    .option('--reward <amount>', 'for each', '0.0001')
    .option('--asset <asset>', 'SOL or USDC', 'SOL');
  attachAction<CreateTestJobsOptions>(
    state,
    test,
    async () => (await import('../commands/admin-create-jobs.ts')).createTestJobs,
  );
}

function addReadingCommands(state: ProgramState, admin: Command): void {
  const health = admin.command('health').description('Whether the marketplace is well');
  attachAction(state, health, async () => (await import('../commands/admin-health.ts')).showHealth);

  const stats = admin.command('stats').description('Counts over the whole marketplace');
  attachAction(state, stats, async () => (await import('../commands/admin-stats.ts')).showStats);

  const wallet = admin
    .command('wallet-info')
    .description('The treasury, on chain and in the ledger');
  attachAction(
    state,
    wallet,
    async () => (await import('../commands/admin-wallet.ts')).showTreasury,
  );

  const fund = admin.command('fund-wallet').description('Airdrop 2 SOL on a test cluster');
  attachAction(state, fund, async () => (await import('../commands/admin-wallet.ts')).fundWallet);

  const payments = admin
    .command('payment-history')
    .description('Payouts, newest first')
    .option('--limit <n>', 'at most this many', '10');
  attachAction<PaymentHistoryOptions>(
    state,
    payments,
    async () => (await import('../commands/admin-payments.ts')).showPayments,
  );

  const retry = admin
    .command('retry-payment')
    .description('Put a held payout back into the queue')
    .argument('<payout-id>');
  attachAction(
    state,
    retry,
    async () => (await import('../commands/admin-payouts.ts')).retryPayment,
  );
  addPayoutCommands(state, admin);
  addAdminMoneyCommands(state, admin);

  const agents = admin.command('list-agents').description('Every agent with its wallet');
  attachAction(state, agents, async () => (await import('../commands/admin-agents.ts')).showAgents);
}

function addPayoutCommands(state: ProgramState, admin: Command): void {
  const payouts = admin.command('payouts').description('The payout engine');
  const status = payouts.command('status').description('What it does, waits for or is halted by');
  attachAction(
    state,
    status,
    async () => (await import('../commands/admin-payouts.ts')).showPayoutEngine,
  );
  const stop = payouts
    .command('stop')
    .description('Stop every signature of the treasury, until it is started again')
    .requiredOption('--reason <text>', 'why; shown with the health and kept');
  attachAction<PayoutSwitchOptions>(
    state,
    stop,
    async () => (await import('../commands/admin-payouts.ts')).stopPayoutsCommand,
  );
  const start = payouts
    .command('start')
    .description('Let payouts go again')
    .requiredOption('--reason <text>', 'what was found; kept');
  attachAction<PayoutSwitchOptions>(
    state,
    start,
    async () => (await import('../commands/admin-payouts.ts')).startPayoutsCommand,
  );
  const settle = payouts
    .command('settle')
    .description('Book held payouts as paid by a transaction that a restored database lost')
    .argument('<payout-ids...>', 'of each wallet every payout that it paid')
    .requiredOption('--signature <signature>', 'of the transaction; proven on chain first');
  attachAction<SettleOptions>(
    state,
    settle,
    async () => (await import('../commands/admin-payouts.ts')).settlePayoutsCommand,
  );
  const accept = payouts
    .command('accept-history')
    .description('End a halt: take everything the treasury key did so far as known')
    .option('--reason <text>', 'what the unknown transactions were');
  attachAction<AcceptHistoryOptions>(
    state,
    accept,
    async () => (await import('../commands/admin-payouts.ts')).acceptHistory,
  );
}

/** On the database itself: these need DATABASE_URL and no running marketplace. */
function addDatabaseCommands(state: ProgramState, admin: Command): void {
  const db = admin.command('db').description('The database that DATABASE_URL names');
  const status = db.command('status').description('Version of its schema, and what is pending');
  attachAction(state, status, async () => (await import('../commands/admin-db.ts')).showSchema);
  const migrate = db.command('migrate').description('Bring its schema to the newest version');
  attachAction(
    state,
    migrate,
    async () => (await import('../commands/admin-db.ts')).migrateDatabase,
  );
  const backUp = db
    .command('backup')
    .description(
      'All of it as it is at one moment, into a new SQLite file; the marketplace goes on',
    )
    .argument('<file>', 'a new file')
    .option('--direct', 'from the database itself, where no marketplace runs');
  attachAction<BackUpOptions>(
    state,
    backUp,
    async () => (await import('../commands/admin-backup.ts')).backUp,
  );
  const restore = db
    .command('restore')
    .description('Put a backup into the empty place that DATABASE_URL names; payouts wait there')
    .argument('<file>', 'what backup wrote');
  attachAction(state, restore, async () => (await import('../commands/admin-backup.ts')).restore);
  const copy = db
    .command('copy')
    .description('Move a stopped marketplace from its SQLite file to PostgreSQL')
    .requiredOption('--to <url>', 'an empty database: postgresql://user:password@host:5432/name');
  attachAction<CopyOptions>(
    state,
    copy,
    async () => (await import('../commands/admin-backup.ts')).copyDatabase,
  );
}

function addLedgerCommands(state: ProgramState, admin: Command): void {
  const ledger = admin.command('ledger').description('The books: prove them, copy them');
  const verify = ledger
    .command('verify')
    .description('Recompute every balance and hash, and compare with the chain')
    .option('--file <file>', 'an exported ledger instead; needs no marketplace');
  attachAction<VerifyLedgerOptions>(
    state,
    verify,
    async () => (await import('../commands/admin-ledger.ts')).verifyLedger,
  );
  const copy = ledger
    .command('export')
    .description('Every entry as JSON lines')
    .option('--output <file>', 'write to this file; one that exists is continued')
    .addOption(
      new Option('--after <n>', 'number of the last entry you have')
        .default('0')
        .conflicts('output'),
    );
  attachAction<ExportLedgerOptions>(
    state,
    copy,
    async () => (await import('../commands/admin-ledger.ts')).exportLedger,
  );
  const loss = ledger
    .command('write-off')
    .description('Book that money is gone from the treasury, at the cost of your capital')
    .argument('<amount>', 'no more than verify says is missing')
    .option('--asset <asset>', 'SOL or USDC', 'SOL')
    .requiredOption('--reason <text>', 'what became of it');
  attachAction<WriteOffOptions>(
    state,
    loss,
    async () => (await import('../commands/admin-ledger.ts')).writeOffLoss,
  );
}
