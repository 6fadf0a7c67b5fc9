import type { Command } from 'commander';
import type { AgentStatusOptions } from '../commands/agent-status.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

/** What a provider does on the machine that the agent runs on. */
export function addOwnAgentCommands(state: ProgramState, program: Command): void {
  const agent = program.command('agent').description('The agent of this machine');
  const detect = agent
    .command('detect')
    .summary('the GPUs of this machine, and what keeps one from working')
    .description(
      'Looks for GPUs as the agent does and reads each one once. Needs no marketplace.\n' +
        'Ends with 1 when there is hardware that does not work, and with 0 without any.',
    );
  attachAction(state, detect, async () => (await import('../commands/agent-detect.ts')).detectGpus);
  const status = agent
    .command('status')
    .description('What the agent says of itself, and the last proof of each of its devices')
    .option('--agent-url <url>', "the agent's own page", 'http://127.0.0.1:8080');
  const load = () => import('../commands/agent-status.ts');
  attachAction<AgentStatusOptions>(state, status, async () => (await load()).showAgentStatus);
}
