import type { Command } from 'commander';
import type {
  CreateWebhookOptions,
  ListDeliveriesOptions,
  ReplayOptions,
} from '../commands/webhooks.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';

export function addWebhookCommands(state: ProgramState, program: Command): void {
  const webhook = program.command('webhook');
  const load = async () => import('../commands/webhooks.ts');

  const create = webhook
    .command('create')
    .description('Send events of your account to a URL; the secret is shown once')
    .argument('<url>')
    .option('--type <name>', 'such as job.ended or payout.*; repeatable, without it all', collect)
    .option('--description <text>', 'what it is for');
  attachAction<CreateWebhookOptions>(state, create, async () => (await load()).createOwnWebhook);

  const list = webhook.command('list').alias('ls').description('Your webhooks, newest first');
  attachAction(state, list, async () => (await load()).listOwnWebhooks);

  const show = webhook.command('show').description('One webhook').argument('<id>');
  attachAction(state, show, async () => (await load()).showWebhook);

  const enable = webhook
    .command('enable')
    .description('Send again what happens from now on')
    .argument('<id>');
  attachAction(state, enable, async () => (await load()).enableWebhook);

  const disable = webhook.command('disable').description('Send nothing').argument('<id>');
  attachAction(state, disable, async () => (await load()).disableWebhook);

  const test = webhook.command('test').description('Send webhook.tested to it').argument('<id>');
  attachAction(state, test, async () => (await load()).testOwnWebhook);

  const rotate = webhook
    .command('rotate')
    .description('Sign with a new secret, and for a day with the old one too')
    .argument('<id>');
  attachAction(state, rotate, async () => (await load()).rotateOwnSecret);

  const deliveries = webhook
    .command('deliveries')
    .description('What was sent to it, newest first; with a delivery, how it was answered')
    .argument('<id>')
    .argument('[delivery]')
    .option('--state <state>', 'pending, delivered or failed')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<ListDeliveriesOptions>(
    state,
    deliveries,
    async () => (await load()).listOwnDeliveries,
  );

  const replay = webhook
    .command('replay')
    .description('Send once more: one delivery, or the events after a number of the log')
    .argument('<id>')
    .argument('[delivery]')
    .option('--after <seq>', 'instead of a delivery: every event after this one')
    .option('--through <seq>', 'up to this one');
  attachAction<ReplayOptions>(state, replay, async () => (await load()).replayOwn);

  const remove = webhook
    .command('delete')
    .alias('rm')
    .description('Remove it with what was to be sent')
    .argument('<id>');
  attachAction(state, remove, async () => (await load()).deleteOwnWebhook);
}
