import { type Command, Option } from 'commander';
import { spellCommands } from '../command-name.ts';
import type { QuoteOptions } from '../commands/quote.ts';
import type { RunOptions } from '../commands/run.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';

export function addRunCommand(state: ProgramState, program: Command): void {
  const command = addStayOptions(addJobOptions(program.command('run')))
    .description(
      'Posts a job, holds its price, follows its log and ends with its exit code.\n' +
        'Ctrl-C in a script cancels the job and waits until it is dead. At a terminal the first one says\n' +
        'how to return and leaves the job running after five seconds; the second one cancels. At a\n' +
        'terminal it also asks before it pays; --yes answers that beforehand, and a script is not asked.',
    )
    .option(
      '--file <source>',
      'FILE[:PATH], URL or PATH=URL, PATH below /input; repeatable',
      collect,
    )
    .option('--output <path>', 'keep this of /output, and no more; repeatable', collect)
    .option('-p, --parameter <name=value>', 'with --template; repeatable', collect)
    .option('--max-cost <amount>', 'post nothing that may cost more, such as 0.5USDC')
    .option('--explain', 'say who could run it and what it would wait for; post nothing')
    .option('--copies <n>', 'run it so many times at once; JOB_INDEX tells each which it is')
    .addHelpText('after', spellCommands(examples, state.host.command));
  command.addOption(templateOption(command));
  attachAction<RunOptions>(state, command, async () => (await import('../commands/run.ts')).runJob);
}

/** What a template leaves open: the rest of a job is its own. */
const besideTemplate = new Set([
  'parameter',
  'maxCost',
  'detach',
  'detachOnInterrupt',
  'idempotencyKey',
  'raw',
]);

function templateOption({ options }: Command): Option {
  const others = options.map((option) => option.attributeName());
  return new Option(
    '--template <id>',
    'run this template, as template run does, with -p for its parameters',
  ).conflicts(others.filter((name) => !besideTemplate.has(name)));
}

/** `node3 quote` takes what describes a job, and answers what it would cost. */
export function addQuoteCommand(state: ProgramState, program: Command): void {
  const command = addJobOptions(program.command('quote')).description(
    'Takes the options of run and posts nothing. The price stands for a minute.',
  );
  attachAction<QuoteOptions>(
    state,
    command,
    async () => (await import('../commands/quote.ts')).showQuote,
  );
}

/** How to be with a job that is posted. */
export function addStayOptions(command: Command): Command {
  return command
    .option('-d, --detach', 'print the job id and leave')
    .option('--detach-on-interrupt', 'Ctrl-C leaves the job running')
    .option('--idempotency-key <key>', 'the same key never posts a second job')
    .option('--raw', 'pass terminal escape sequences of the job unchanged');
}

/** What describes a job, whatever is done with it. */
export function addJobOptions(command: Command): Command {
  return addPriceOptions(command)
    .argument('[command...]', 'a script (.py .js .ts .sh), or a command after --')
    .option('--gpu <spec>', 'any, 2, rtx-4090, 24GB.., nvidia:h100-80gb:2')
    .option('--image <image>', 'container image; the marketplace has a default')
    .option('--cpus <n>', 'cores, such as 0.5 or 4')
    .option('--memory <size>', 'such as 2GB; auto: from your earlier jobs of this program')
    .option('--disk <size>', 'room for the output, such as 1GB')
    .option('--timeout <time>', 'stop the job after this time, such as 5m, or auto')
    .option('--queue-timeout <time>', 'give up waiting for a machine after this time')
    .option('-e, --env <name=value>', 'environment variable; repeatable', collect)
    .option('--input <file>', 'JSON a script reads as its input; - is standard input')
    .option('--name <name>', 'a name to find the job by')
    .option('--label <key=value>', 'label; repeatable', collect)
    .option('--priority <level>', 'low, normal, high or urgent')
    .option('--allow-hosts <hosts>', 'what the job may reach, such as huggingface.co,*.pypi.org')
    .option('--isolation <level>', 'the least isolation wanted: container or native')
    .option('--region <names>', 'only agents there, such as eu,us-east')
    .option('--agent <ids>', 'only these agents, with commas between them')
    .option('--provider <wallets>', 'only agents of these wallets')
    .option('--strategy <name>', 'score, cheapest, fastest, least_loaded, round_robin or affinity')
    .option('--interruptible', 'the job may be stopped for one that may not, and queued again');
}

/** What the provider gets, at once or by the hour. */
export function addPriceOptions(command: Command): Command {
  return command
    .option('--reward <amount>', 'what the provider gets', '0.001')
    .option('--asset <asset>', 'SOL or USDC', 'SOL')
    .addOption(
      new Option(
        '--bid <amount>',
        'pay by run time: at most this per GPU hour, such as 0.5USDC/h',
      ).conflicts('reward'),
    )
    .addOption(
      new Option(
        '--cap <amount>',
        'with --bid: the most the run may cost; it is stopped there',
      ).conflicts('reward'),
    );
}

const examples = `
Examples:
  node3 run train.py --gpu 24GB.. --reward 0.01
  node3 run --gpu any --image nvidia/cuda:12.6.0-base-ubuntu24.04 -- nvidia-smi
  node3 run --file data.csv --output model.bin -- python train.py /input/data.csv
  node3 run --gpu h100 --bid 2USDC/h --cap 5USDC -- python train.py
  node3 run --asset USDC --reward 0.05 -e EPOCHS=3 -- python train.py`;
