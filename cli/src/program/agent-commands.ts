import type { Command } from 'commander';
import type { AgentReasonOptions, IssueTokenOptions } from '../commands/admin-agent.ts';
import type { CreateKeyOptions, RotateKeyOptions } from '../commands/key.ts';
import type { KeyCapsOptions } from '../commands/key-caps.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';

const load = () => import('../commands/admin-agent.ts');

/** What an operator does to agents. */
export function addAdminAgentCommands(state: ProgramState, admin: Command): void {
  const agent = admin.command('agent').description('Agents: who they are and what they may do');
  const list = agent.command('list').description('Every agent with its wallet');
  attachAction(state, list, async () => (await import('../commands/admin-agents.ts')).showAgents);
  const one = (name: string, description: string) =>
    agent.command(name).description(description).argument('<id>');
  const withReason = (name: string, description: string) =>
    one(name, description).option('--reason <text>', 'why; shown to the provider');

  const show = one('show', 'One agent, its state and its standing');
  attachAction(state, show, async () => (await load()).showAgent);
  const drain = withReason('drain', 'Let it finish what it runs and give it nothing new');
  attachAction<AgentReasonOptions>(state, drain, async () => (await load()).drain);
  const resume = one('resume', 'End a drain or a pause');
  attachAction(state, resume, async () => (await load()).resume);
  const enable = one('enable', 'Let a disabled agent in again');
  attachAction(state, enable, async () => (await load()).enable);
  const disable = withReason('disable', 'Shut it out; what it runs goes back to the queue');
  attachAction<AgentReasonOptions>(state, disable, async () => (await load()).disable);
  const unregister = withReason('unregister', 'Take it out and revoke all its keys');
  attachAction<AgentReasonOptions>(state, unregister, async () => (await load()).unregister);
  addTokenCommands(state, agent);
}

function addTokenCommands(state: ProgramState, agent: Command): void {
  const token = agent.command('token').description('One-time tokens that let an agent register');
  const issue = token
    .command('issue')
    .description('A token for one registration within five minutes')
    .option('--name <name>', 'the only name that may register with it')
    .option('--wallet <address>', 'the only wallet that may register with it')
    .option('--provider <provider>', 'whose agent it is to be');
  attachAction<IssueTokenOptions>(state, issue, async () => (await load()).issueToken);
  const list = token.command('list').description('Tokens, newest first, without their secrets');
  attachAction(state, list, async () => (await load()).listTokens);
  const revoke = token.command('revoke').description('Revoke a token').argument('<id>');
  attachAction(state, revoke, async () => (await load()).revokeToken);
}

/** The keys of your account. */
export function addKeyCommands(state: ProgramState, program: Command): void {
  const loadKeys = () => import('../commands/key.ts');
  const key = program.command('key');
  const list = key.command('list').description('Keys that still work, newest first');
  attachAction(state, list, async () => (await loadKeys()).showKeys);
  const create = key
    .command('create')
    .description('Make another key; it is printed once')
    .option('--name <name>', 'what it is for')
    .option('--scope <scope>', 'requester, provider, operator or read-only; repeatable', collect)
    .option('--expires <time>', 'when it ends, such as 2027-01-31T00:00:00Z');
  attachAction<CreateKeyOptions>(state, create, async () => (await loadKeys()).makeKey);
  const caps = key
    .command('caps')
    .description(
      'What a key may spend at most; sets the caps that are named, signed by your wallet',
    )
    .argument('<id>')
    .option('--asset <asset>', 'SOL or USDC', 'USDC')
    .option('--per-job <amount>', 'the most one job may cost, fee included; none is no limit')
    .option('--per-day <amount>', 'the most that the jobs of one UTC day may cost')
    .option('--wallet <file>', 'keypair file of the account');
  attachAction<KeyCapsOptions>(
    state,
    caps,
    async () => (await import('../commands/key-caps.ts')).keyCaps,
  );
  const revoke = key.command('revoke').description('End a key at once').argument('<id>');
  attachAction(state, revoke, async () => (await loadKeys()).endKey);
  const rotate = key
    .command('rotate')
    .description('Replace a key, by default the one in use; the old one works a while longer')
    .argument('[id]')
    .option('--overlap <seconds>', 'how long the old one still works; 300 where not given');
  attachAction<RotateKeyOptions>(state, rotate, async () => (await loadKeys()).replaceKey);
}
