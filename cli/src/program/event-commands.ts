import type { Command } from 'commander';
import type { EventListOptions } from '../commands/event-list.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addEventCommands(state: ProgramState, program: Command): void {
  const list = addEventOptions(program.command('event').command('list').alias('ls'))
    .description('The last events of your account, oldest first')
    .option('--within <scope>', 'only of one job, such as job:job_…');
  attachAction<EventListOptions>(
    state,
    list,
    async () => (await import('../commands/event-list.ts')).listOwnEvents,
  );
}

export function addJobEventsCommand(state: ProgramState, job: Command): void {
  const events = addEventOptions(job.command('events'))
    .description('What happened to a job, oldest first')
    .argument('<id>');
  attachAction<EventListOptions>(
    state,
    events,
    async () => (await import('../commands/event-list.ts')).showJobEvents,
  );
}

function addEventOptions(command: Command): Command {
  return command
    .option('-f, --follow', 'go on with what happens next, until Ctrl-C')
    .option('--types <names>', 'only these, such as job.ended,payout.*')
    .option('--after <seq>', 'those after this number, instead of the last ones')
    .option('--limit <n>', 'at most this many of the past', '20');
}
