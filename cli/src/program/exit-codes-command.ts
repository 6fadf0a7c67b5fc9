import type { Command } from 'commander';
import { attachAction, type ProgramState } from './attach-action.ts';

export function addExitCodesCommand(state: ProgramState, program: Command): void {
  attachAction(
    state,
    program.command('exit-codes'),
    async () => (await import('../commands/exit-codes.ts')).showExitCodes,
  );
}
