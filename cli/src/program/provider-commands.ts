import type { Command } from 'commander';
import type {
  ProviderReasonOptions,
  RegisterProviderOptions,
  UpdateProviderOptions,
} from '../commands/admin-providers.ts';
import { attachAction, type ProgramState } from './attach-action.ts';

const load = () => import('../commands/admin-providers.ts');

/** What an operator does to providers: whose agents get what. */
export function addProviderCommands(state: ProgramState, admin: Command): void {
  const providers = admin
    .command('providers')
    .description('Providers: who runs agents, with limits that hold for those');
  const list = providers.command('list').description('All providers with how they stand');
  attachAction(state, list, async () => (await load()).listProviders);
  const one = (name: string, description: string) =>
    providers.command(name).description(description).argument('<provider>');

  const show = one('show', 'One provider, by its name or its id');
  attachAction(state, show, async () => (await load()).showProvider);
  const register = providers
    .command('register')
    .description('Register a provider; its agents come with a token of it')
    .argument('<name>')
    .option('--kind <kind>', 'docker, kubernetes, firecracker, native, cloud or custom', 'docker')
    .option('--file <file>', 'JSON with the rest of its form, credentials too; - reads stdin');
  attachAction<RegisterProviderOptions>(
    state,
    register,
    async () => (await load()).registerProvider,
  );
  const update = one('update', 'Change what is said of it; null takes a value away').requiredOption(
    '--file <file>',
    'JSON with what is to be changed; - reads stdin',
  );
  attachAction<UpdateProviderOptions>(state, update, async () => (await load()).updateProvider);
  const withReason = (name: string, description: string) =>
    one(name, description).option('--reason <text>', 'why; stands in its health log');
  const enable = one('enable', 'Let its agents work again');
  attachAction(state, enable, async () => (await load()).setProvider('active'));
  const maintain = withReason('maintain', 'Give its agents nothing new while you work on it');
  attachAction<ProviderReasonOptions>(state, maintain, async () =>
    (await load()).setProvider('maintenance'),
  );
  const disable = withReason('disable', 'Give its agents nothing new; what they run goes on');
  attachAction<ProviderReasonOptions>(state, disable, async () =>
    (await load()).setProvider('disabled'),
  );
  const remove = one('delete', 'Remove a provider that no agent belongs to');
  attachAction(state, remove, async () => (await load()).deleteProvider);
  const assign = providers
    .command('assign')
    .description('Give an agent to a provider; default is the built-in one')
    .argument('<agent-id>')
    .argument('<provider>');
  attachAction(state, assign, async () => (await load()).assignAgent);
  const stats = one('stats', 'What its agents have done and earned');
  attachAction(state, stats, async () => (await load()).showProviderStats);
  const health = one('health', 'When it stood how, newest first');
  attachAction(state, health, async () => (await load()).showProviderHealth);
}
