import type { Command } from 'commander';
import type { McpOptions } from '../commands/mcp.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';

/** `node3 mcp`: loads a protocol library of its own, and only then. */
export function addMcpCommand(state: ProgramState, program: Command): void {
  const command = program
    .command('mcp')
    .description(
      'A server of the Model Context Protocol over standard input and output. It can spend no more\n' +
        'than it is told to here, whatever it is asked for; the caps of the API key hold beside that.',
    )
    .option(
      '--max-spend <amount>',
      'all jobs together, fees included; repeatable, once for each asset (1USDC and 0.01SOL)',
      collect,
    )
    .option('--max-per-job <amount>', 'one job; repeatable (as --max-spend)', collect)
    .option('--downloads <folder>', 'where files of jobs may be saved; without it, nowhere');
  attachAction<McpOptions>(
    state,
    command,
    async () => (await import('../commands/mcp.ts')).serveMcp,
  );
}
