import { limits } from '@node3/shared/limits';
import {
  changeWebhook,
  createWebhook,
  type DeliveryView,
  deleteWebhook,
  deliveryStates,
  getDelivery,
  getWebhook,
  listDeliveries,
  listWebhooks,
  replayDelivery,
  replayWebhook,
  rotateWebhookSecret,
  testWebhook,
  type WebhookView,
} from '@node3/shared/routes/webhooks';
import { CommandError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import { type Column, formatFacts } from '../output/table.ts';
import { requireId } from '../parse/resource-id.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface CreateWebhookOptions {
  type?: string[];
  description?: string;
}

export async function createOwnWebhook(
  context: Context,
  call: Call<CreateWebhookOptions>,
): Promise<number> {
  const { type, description } = call.options;
  const body = {
    url: call.args[0] ?? '',
    ...(type === undefined ? {} : { types: type }),
    ...(description === undefined ? {} : { description }),
  };
  const created = await connect(context, 'requester').call(createWebhook, { body });
  return printWebhook(context, created);
}

export async function listOwnWebhooks(context: Context): Promise<number> {
  const page = await connect(context, 'requester').call(listWebhooks, {});
  await printRows(context, page, webhookColumns, 'No webhooks.');
  return 0;
}

export async function showWebhook(context: Context, call: Call<object>): Promise<number> {
  const params = { webhookId: requireWebhookId(context, call.args[0]) };
  return printWebhook(context, await connect(context, 'requester').call(getWebhook, { params }));
}

const setting = (enabled: boolean) => async (context: Context, call: Call<object>) => {
  const params = { webhookId: requireWebhookId(context, call.args[0]) };
  const client = connect(context, 'requester');
  return printWebhook(context, await client.call(changeWebhook, { params, body: { enabled } }));
};

export const enableWebhook = setting(true);
export const disableWebhook = setting(false);

export async function testOwnWebhook(context: Context, call: Call<object>): Promise<number> {
  const { terminal, host } = context;
  const params = { webhookId: requireWebhookId(context, call.args[0]) };
  const sent = await connect(context, 'requester').call(testWebhook, { params });
  if (terminal.json) await terminal.object(sent);
  else await terminal.data(`${sent.webhookId}  test on its way`);
  await terminal.talk(`See: ${host.command} webhook deliveries ${sent.webhookId}`);
  return 0;
}

export async function rotateOwnSecret(context: Context, call: Call<object>): Promise<number> {
  const params = { webhookId: requireWebhookId(context, call.args[0]) };
  const client = connect(context, 'requester');
  return printWebhook(context, await client.call(rotateWebhookSecret, { params }));
}

export async function deleteOwnWebhook(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const params = { webhookId: requireWebhookId(context, call.args[0]) };
  const deleted = await connect(context, 'requester').call(deleteWebhook, { params });
  if (terminal.json) await terminal.object(deleted);
  else await terminal.data(`${deleted.webhookId}  deleted`);
  return 0;
}

export interface ListDeliveriesOptions {
  state?: string;
  limit: string;
}

export async function listOwnDeliveries(
  context: Context,
  call: Call<ListDeliveriesOptions>,
): Promise<number> {
  const { terminal } = context;
  const webhookId = requireWebhookId(context, call.args[0]);
  const [, deliveryId] = call.args;
  if (deliveryId !== undefined) return showDelivery(context, webhookId, deliveryId);
  const bounds = { min: 1, max: limits.listPageMax };
  const limit = parseWholeNumber('--limit', call.options.limit, bounds);
  const state = stateOf(call.options.state);
  const query = { limit, ...(state === null ? {} : { state }) };
  const client = connect(context, 'requester');
  const page = await client.call(listDeliveries, { params: { webhookId }, query });
  await printRows(context, page, deliveryColumns);
  if (page.nextCursor !== null) await terminal.talk(`more than ${limit}; see --limit`);
  return 0;
}

async function showDelivery(context: Context, webhookId: string, text: string): Promise<number> {
  const { terminal } = context;
  const params = { webhookId, deliveryId: requireDeliveryId(context, text) };
  const delivery = await connect(context, 'requester').call(getDelivery, { params });
  if (terminal.json) {
    await terminal.object(delivery);
    return 0;
  }
  for (const line of formatDelivery(delivery)) await terminal.data(line);
  for (const { at, status, latencyMs, error, answer } of delivery.log) {
    await terminal.data(
      `  ${at}  ${status ?? 'no answer'}  ${latencyMs} ms  ${error ?? answer ?? ''}`,
    );
  }
  return 0;
}

export interface ReplayOptions {
  after?: string;
  through?: string;
}

export async function replayOwn(context: Context, call: Call<ReplayOptions>): Promise<number> {
  const { terminal } = context;
  const webhookId = requireWebhookId(context, call.args[0]);
  const [, deliveryId] = call.args;
  if (deliveryId !== undefined) {
    const params = { webhookId, deliveryId: requireDeliveryId(context, deliveryId) };
    const delivery = await connect(context, 'requester').call(replayDelivery, { params });
    if (terminal.json) await terminal.object(delivery);
    else for (const line of formatDelivery(delivery)) await terminal.data(line);
    return 0;
  }
  if (call.options.after === undefined) {
    throw new CommandError('usage', 'What is to be sent?', 'Give a delivery, or --after <seq>.');
  }
  const queued = await replayRange(context, webhookId, call.options.after, call.options.through);
  if (terminal.json) await terminal.object({ webhookId, queued });
  else await terminal.data(`${webhookId}  ${queued} events to be sent`);
  return 0;
}

async function replayRange(
  context: Context,
  webhookId: string,
  from: string,
  to: string | undefined,
): Promise<number> {
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER };
  let after = parseWholeNumber('--after', from, range);
  const through = to === undefined ? {} : { through: parseWholeNumber('--through', to, range) };
  const client = connect(context, 'requester');
  let queued = 0;
  for (;;) {
    const body = { after, ...through };
    const page = await client.call(replayWebhook, { params: { webhookId }, body });
    queued += page.queued;
    after = page.nextAfter;
    if (!page.more) return queued;
  }
}

async function printWebhook(
  { terminal }: Context,
  webhook: WebhookView & { secret?: string },
): Promise<number> {
  if (terminal.json) {
    await terminal.object(webhook);
    return 0;
  }
  const facts = formatFacts([
    ['webhook', webhook.webhookId],
    ['url', webhook.url],
    ['events', webhook.types?.join(', ') ?? 'all'],
    ['description', webhook.description],
    ['state', webhook.state],
    ['reason', webhook.reason],
    ['failing since', webhook.failingSince],
    ['secret', webhook.secret ?? null],
    ['old until', webhook.oldSecretUntil],
  ]);
  for (const line of facts) await terminal.data(line);
  return 0;
}

function formatDelivery(delivery: DeliveryView): string[] {
  return formatFacts([
    ['delivery', delivery.deliveryId],
    ['event', `${delivery.eventSeq} ${delivery.type}`],
    ['state', delivery.state],
    ['attempts', String(delivery.attempts)],
    ['next', delivery.nextAt],
  ]);
}

function requireWebhookId({ host }: Context, text: string | undefined): string {
  return requireId('webhook', text, `${host.command} webhook list`);
}

function requireDeliveryId({ host }: Context, text: string): string {
  return requireId('delivery', text, `${host.command} webhook deliveries`);
}

function stateOf(text: string | undefined): DeliveryView['state'] | null {
  if (text === undefined) return null;
  const state = deliveryStates.find((known) => known === text);
  if (state !== undefined) return state;
  const fix = `Give one of ${deliveryStates.join(', ')}.`;
  throw new CommandError('usage', `--state is "${text}".`, fix);
}

const webhookColumns: Column<WebhookView>[] = [
  { title: 'WEBHOOK', value: (row) => row.webhookId },
  { title: 'STATE', value: (row) => row.state },
  { title: 'EVENTS', value: (row) => row.types?.join(',') ?? 'all' },
  { title: 'URL', value: (row) => row.url },
];

const deliveryColumns: Column<DeliveryView>[] = [
  { title: 'DELIVERY', value: (row) => row.deliveryId },
  { title: 'EVENT', value: (row) => String(row.eventSeq) },
  { title: 'TYPE', value: (row) => row.type },
  { title: 'STATE', value: (row) => row.state },
  { title: 'ATTEMPTS', value: (row) => String(row.attempts) },
  { title: 'NEXT', value: (row) => row.nextAt ?? '-' },
];
