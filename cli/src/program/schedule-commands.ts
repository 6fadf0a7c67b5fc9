import type { Command } from 'commander';
import type { ChangeScheduleOptions } from '../commands/schedule-change.ts';
import type { CreateScheduleOptions } from '../commands/schedule-create.ts';
import type { ListSchedulesOptions, PreviewOptions } from '../commands/schedules.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';
import { addJobOptions } from './run-command.ts';

export function addScheduleCommands(state: ProgramState, program: Command): void {
  const schedule = program.command('schedule');
  addCreate(state, schedule);
  const load = async () => import('../commands/schedules.ts');

  const list = schedule
    .command('list')
    .alias('ls')
    .description('Your schedules, newest first')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<ListSchedulesOptions>(state, list, async () => (await load()).listOwnSchedules);

  const show = schedule
    .command('show')
    .description('One schedule with its next times and last runs')
    .argument('<id>');
  attachAction(state, show, async () => (await load()).showSchedule);

  const change = schedule
    .command('change')
    .description('Post at other times or in another way; what it posts stays')
    .argument('<id>')
    .option('--name <name>', 'what it is called')
    .option('--cron <cron>', 'such as "30 2 * * MON-FRI" or @daily')
    .option('--timezone <zone>', 'such as Europe/Berlin')
    .option('--overlap <what>', 'while an earlier job is not over: skip or allow')
    .option('--catch-up <what>', 'after times were missed: none, or the last')
    .option('--failures-max <n>', 'failures in a row after which it pauses')
    .option('--until <time>', 'no job after this, such as 2027-12-31T23:59:59Z; none for no end');
  attachAction<ChangeScheduleOptions>(
    state,
    change,
    async () => (await import('../commands/schedule-change.ts')).changeOwnSchedule,
  );

  const pause = schedule
    .command('pause')
    .description('Post no jobs until it is resumed')
    .argument('<id>');
  attachAction(state, pause, async () => (await load()).pauseOwnSchedule);

  const resume = schedule
    .command('resume')
    .description('Go on with the next time from now, by the key you use now')
    .argument('<id>');
  attachAction(state, resume, async () => (await load()).resumeOwnSchedule);

  const remove = schedule
    .command('delete')
    .alias('rm')
    .description('Remove a schedule; its jobs stay')
    .argument('<id>');
  attachAction(state, remove, async () => (await load()).deleteOwnSchedule);

  const preview = schedule
    .command('preview')
    .description('The next ten times of a cron expression')
    .argument('<cron>', 'such as "30 2 * * MON-FRI" or @daily')
    .option('--timezone <zone>', 'such as Europe/Berlin; without it, the one of this machine');
  attachAction<PreviewOptions>(state, preview, async () => (await load()).previewTimes);
}

function addCreate(state: ProgramState, schedule: Command): void {
  const create = addJobOptions(schedule.command('create').argument('<schedule>', 'its name'))
    .summary('post a job at every time of a cron expression')
    .description('Takes the options of run, or a template with its parameters.')
    .requiredOption('--cron <cron>', 'such as "30 2 * * MON-FRI" or @daily')
    .option('--timezone <zone>', 'such as Europe/Berlin; without it, the one of this machine')
    .option('--template <id>', 'post from this template instead of a command')
    .option('-p, --parameter <name=value>', 'of the template; repeatable', collect)
    .option('--of <version>', 'of the template; without it the newest now')
    .option('--overlap <what>', 'while an earlier job is not over: skip or allow', 'skip')
    .option('--catch-up <what>', 'after times were missed: none, or the last', 'none')
    .option('--failures-max <n>', 'failures in a row after which it pauses', '3')
    .option('--until <time>', 'no job after this, such as 2027-12-31T23:59:59Z');
  attachAction<CreateScheduleOptions>(
    state,
    create,
    async () => (await import('../commands/schedule-create.ts')).createOwnSchedule,
  );
}
