import type { Command } from 'commander';
import type { UsageOptions } from '../commands/usage.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addUsageCommand(state: ProgramState, program: Command): void {
  const usage = program
    .command('usage')
    .option('--from <day>', 'first day in UTC, such as 2026-11-01; thirty days where left out')
    .option('--to <day>', 'last day, with all of it; today where left out')
    .option('--by <what>', 'day, key, gpu or label, with commas between them; day where left out')
    .option('--label <name>', 'the label whose values are told apart, such as team')
    .option('--csv', 'for a spreadsheet, over any period')
    .option('--jsonl', 'one JSON object a line, over any period');
  attachAction<UsageOptions>(
    state,
    usage,
    async () => (await import('../commands/usage.ts')).showUsage,
  );
}
