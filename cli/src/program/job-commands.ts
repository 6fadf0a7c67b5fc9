import type { Command } from 'commander';
import type { JobBatchOptions } from '../commands/job-batch.ts';
import type { JobCancelOptions } from '../commands/job-cancel.ts';
import type { JobImportOptions } from '../commands/job-import.ts';
import type { JobListOptions } from '../commands/job-list.ts';
import type { JobLogsOptions } from '../commands/job-logs.ts';
import type { JobRerunOptions } from '../commands/job-rerun.ts';
import type { JobTopOptions } from '../commands/job-top.ts';
import type { JobWaitOptions } from '../commands/job-wait.ts';
import type { VerifyOptions } from '../commands/receipt.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';
import { addJobEventsCommand } from './event-commands.ts';
import { addJobFileCommands } from './file-commands.ts';
import { addPriceOptions } from './run-command.ts';

/** `node3 receipt JOB` and `node3 job receipt JOB`, and the same for a file without any marketplace. */
export function addReceiptCommand(state: ProgramState, program: Command): void {
  const receipt = program
    .command('receipt')
    .description('What an ended job cost and why, signed by the marketplace')
    .argument('<job>');
  attachAction(state, receipt, async () => (await import('../commands/receipt.ts')).showReceipt);

  const verify = receipt
    .command('verify')
    .description('Check the signature of a receipt in a file')
    .argument('<file>', 'what node3 --json receipt wrote')
    .option('--key <address>', 'the key that must have signed it');
  attachAction<VerifyOptions>(
    state,
    verify,
    async () => (await import('../commands/receipt.ts')).verifyReceiptFile,
  );
}

export function addJobCommands(state: ProgramState, program: Command): void {
  const job = program.command('job');
  const get = job
    .command('get')
    .description('One job: state, executions, settlement and payout')
    .argument('<id>');
  attachAction(state, get, async () => (await import('../commands/job-get.ts')).showJob);

  const list = job
    .command('list')
    .alias('ls')
    .description('Your jobs, newest first')
    .option('--state <states>', 'only these states, such as running,queued; or active')
    .option('--label <key=value>', 'only with this label; may be repeated', collect)
    .option('--name <text>', 'only with this in their name')
    .option('--gpu <model>', 'only on or for GPUs with this in their model; none: without GPUs')
    .option('--created-after <time>', 'only from this day or time on, RFC 3339')
    .option('--created-before <time>', 'only until this day or time, RFC 3339')
    .option('--finished-after <time>', 'only jobs that ended from this day or time on')
    .option('--finished-before <time>', 'only jobs that ended until this day or time')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<JobListOptions>(
    state,
    list,
    async () => (await import('../commands/job-list.ts')).listOwnJobs,
  );

  addJobFileCommands(state, job);

  addLogsCommand(state, job);
  const top = job
    .command('top')
    .description('What a job uses of processor, memory and GPUs, reading by reading')
    .argument('<id>')
    .option('--once', 'what is known by now, and no more');
  attachAction<JobTopOptions>(
    state,
    top,
    async () => (await import('../commands/job-top.ts')).showUsage,
  );
  addJobEventsCommand(state, job);
  addReceiptCommand(state, job);
  const wait = job
    .command('wait')
    .description('Wait until jobs are over; ends with 5 when one did not succeed')
    .argument('<id...>')
    .option('--for <goal>', 'succeeded, ended or running', 'succeeded')
    .option('--timeout <time>', 'wait no longer than this, such as 5m; then it ends with 3');
  attachAction<JobWaitOptions>(
    state,
    wait,
    async () => (await import('../commands/job-wait.ts')).waitForJobs,
  );

  const explain = job
    .command('explain')
    .description('What a job waits for, who could run it and what would change that')
    .argument('<id|file>', 'a job, or a file with a job spec (JSON)');
  attachAction(state, explain, async () => (await import('../commands/job-explain.ts')).explainOne);

  addManyJobsCommands(state, job);
}

/** `node3 ps`: as `job list --state active`. */
export function addPsCommand(state: ProgramState, program: Command): void {
  const ps = program.command('ps').option('--limit <n>', 'at most this many', '20');
  attachAction<JobListOptions>(
    state,
    ps,
    async () => (await import('../commands/job-list.ts')).listActiveJobs,
  );
}

/** `node3 logs` and `node3 job logs`. */
export function addLogsCommand(state: ProgramState, parent: Command): void {
  const logs = parent
    .command('logs')
    .description('What a job printed')
    .argument('<id>')
    .option('-f, --follow', 'go on until the job has ended')
    .option('--stream <streams>', 'only some of stdout,stderr,system')
    .option('--after <seq>', 'start after this line number', '0')
    .option('--last <n>', 'only so many lines from the end')
    .option('--since <time>', 'only from this time on, or for so long: 90s, 5m, 1h30m')
    .option('--output <file>', 'write them into a new file')
    .option('--timestamps', 'put the time before every line')
    .option('--raw', 'pass terminal escape sequences unchanged');
  attachAction<JobLogsOptions>(
    state,
    logs,
    async () => (await import('../commands/job-logs.ts')).showLogs,
  );
}

function addManyJobsCommands(state: ProgramState, job: Command): void {
  const cancel = job
    .command('cancel')
    .description('Cancel jobs, by their ids or all that are like this')
    .argument('[id...]')
    .option('--state <states>', 'all of these that are not over, such as queued; or active')
    .option('--label <key=value>', 'all with this label; may be repeated', collect);
  attachAction<JobCancelOptions>(
    state,
    cancel,
    async () => (await import('../commands/job-cancel.ts')).cancelJobs,
  );

  const batch = job
    .command('batch')
    .description('Post every job of a file; - reads standard input')
    .argument('<file>', 'a JSON array of jobs, or one on each line')
    .option('--key <key>', 'the same file with the same key is posted once');
  attachAction<JobBatchOptions>(
    state,
    batch,
    async () => (await import('../commands/job-batch.ts')).postJobs,
  );

  addImportCommand(state, job);

  const rerun = job
    .command('rerun')
    .description('Post an ended job again')
    .argument('<id>')
    .option('--changes <json>', 'what is to be different, as a merge patch of the spec');
  attachAction<JobRerunOptions>(
    state,
    rerun,
    async () => (await import('../commands/job-rerun.ts')).rerun,
  );
}

function addImportCommand(state: ProgramState, job: Command): void {
  const command = addPriceOptions(job.command('import'))
    .description(
      'Post the jobs of a Nosana or Bacalhau document, or of a docker run; - reads standard input.\n' +
        'Says first what they will not have, each with its place in the document, and what all may cost.\n' +
        'Where something is needed that no job here can have, nothing is posted.',
    )
    .argument('<file>', 'a document in JSON or YAML, or the text of a docker run')
    .option('--from <system>', 'nosana, bacalhau or docker; guessed from the document without it')
    .option('--dry-run', 'say what would be posted, and post nothing')
    .option('--timeout <time>', 'for runs of which the document says nothing; 1h without it')
    .option('--gpu <spec>', 'models and count for what asks for GPUs, such as rtx-4090 or h100:2')
    .option('--market <name>', 'the GPU of a market of Nosana, such as nvidia-4090')
    .option('--allow-hosts <hosts>', 'what the jobs may reach, such as huggingface.co,*.pypi.org')
    .option('--max-cost <amount>', 'post nothing if all together may cost more, such as 0.5USDC')
    .option('--idempotency-key <key>', 'the same key never posts the jobs twice');
  attachAction<JobImportOptions>(
    state,
    command,
    async () => (await import('../commands/job-import.ts')).importDocument,
  );
}
