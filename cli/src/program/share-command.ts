import type { Command } from 'commander';
import { spellCommands } from '../command-name.ts';
import type { ShareOptions } from '../commands/share.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addShareCommand(state: ProgramState, program: Command): void {
  const share = program
    .command('share')
    .description(
      'Prints a link that shows a job to whoever has it, without a key. It shows what ran, its result,\n' +
        'its log and its files; no money, no environment and nothing else of your account.',
    )
    .argument('<job>')
    .option('--only <parts>', 'job, logs or artifacts, with commas between them')
    .option('--artifact <id>', 'this file of the job and nothing else')
    .option('--expires <time>', 'such as 12h or 30d; a week where left out')
    .option('--uses <n>', 'answer so many requests and no more')
    .option('--list', 'the links there are')
    .option('--revoke <link>', 'make this link void at once')
    .addHelpText('after', spellCommands(examples, state.host.command));
  attachAction<ShareOptions>(
    state,
    share,
    async () => (await import('../commands/share.ts')).shareOwnJob,
  );
}

const examples = `
Examples:
  node3 share job_06FABFFCMPT5MKDP5M5D5PH6P8 --only job,logs --expires 30d
  node3 share job_06FABFFCMPT5MKDP5M5D5PH6P8 --list`;
