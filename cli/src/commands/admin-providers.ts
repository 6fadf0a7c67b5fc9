import { type ProviderKind, type ProviderState, providerKinds } from '@node3/shared/provider';
import * as routes from '@node3/shared/routes/providers';
import { type Context, connect } from '../context.ts';
import { printRows } from '../output/print-rows.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import { choose } from '../parse/choose.ts';
import { readJsonFile } from '../parse/json-file.ts';
import type { Call } from '../program/attach-action.ts';

/** A form with its credentials, which are certificates at most. */
const formBytesMax = 256 * 1024;

export interface RegisterProviderOptions {
  kind: string;
  file?: string;
}

export interface UpdateProviderOptions {
  file: string;
}

export interface ProviderReasonOptions {
  reason?: string;
}

export async function listProviders(context: Context): Promise<number> {
  const reply = await connect(context, 'operator').call(routes.listProviders, {});
  await printRows(context, reply, columns, 'There is no provider.');
  return 0;
}

export async function showProvider(context: Context, call: Call<object>): Promise<number> {
  return print(context, await connect(context, 'operator').call(routes.getProvider, named(call)));
}

/** The rest of the form is in a file: what is secret in it has no place among arguments. */
export async function registerProvider(
  context: Context,
  { args, options }: Call<RegisterProviderOptions>,
): Promise<number> {
  const kind: ProviderKind = choose('--kind', options.kind, providerKinds);
  const form = options.file === undefined ? {} : await readForm(context, options.file);
  const body = { ...form, name: args[0] ?? '', kind };
  return print(context, await connect(context, 'operator').call(routes.registerProvider, { body }));
}

export async function updateProvider(
  context: Context,
  call: Call<UpdateProviderOptions>,
): Promise<number> {
  const body = await readForm(context, call.options.file);
  const client = connect(context, 'operator');
  return print(context, await client.call(routes.updateProvider, { ...named(call), body }));
}

export function setProvider(state: ProviderState) {
  return async (context: Context, call: Call<ProviderReasonOptions>): Promise<number> => {
    const body = { state, reason: call.options.reason ?? null };
    const client = connect(context, 'operator');
    return print(context, await client.call(routes.setProviderState, { ...named(call), body }));
  };
}

export async function deleteProvider(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const reply = await connect(context, 'operator').call(routes.deleteProvider, named(call));
  if (terminal.json) await terminal.object(reply);
  else await terminal.data(`${reply.providerId} deleted`);
  return 0;
}

export async function assignAgent(context: Context, { args }: Call<object>): Promise<number> {
  const { terminal } = context;
  const [agentId = '', provider = ''] = args;
  const request = { params: { agentId }, body: { provider } };
  const reply = await connect(context, 'operator').call(routes.assignAgent, request);
  if (terminal.json) await terminal.object(reply);
  else await terminal.data(`${reply.agentId} belongs to ${reply.provider}`);
  return 0;
}

export async function showProviderStats(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const stats = await connect(context, 'operator').call(routes.getProviderStats, named(call));
  const { successRate, runMsMean, utilization, earned } = stats;
  const percent = (ratio: number | null) =>
    ratio === null ? 'unknown' : `${(ratio * 100).toFixed(0)} %`;
  if (terminal.json) {
    await terminal.object(stats);
    return 0;
  }
  const facts = formatFacts([
    ['provider', stats.name],
    ['agents', String(stats.agents)],
    ['jobs', `${stats.jobsSucceeded} succeeded, ${stats.jobsFailed} failed`],
    ['success', percent(successRate)],
    ['mean run', runMsMean === null ? 'unknown' : `${(runMsMean / 1_000).toFixed(1)} s`],
    ['in use', percent(utilization)],
    ['earned', earned === null ? 'unknown' : bothText(earned, 'finalized')],
    ['on its way', earned === null ? 'unknown' : bothText(earned, 'pending')],
  ]);
  for (const line of facts) await terminal.data(line);
  return 0;
}

export async function showProviderHealth(context: Context, call: Call<object>): Promise<number> {
  const reply = await connect(context, 'operator').call(routes.getProviderHealth, named(call));
  await printRows(context, reply, healthColumns, 'Nothing has happened to it yet.');
  return 0;
}

type Earned = NonNullable<routes.ProviderStats['earned']>;

function bothText({ SOL, USDC }: Earned, part: 'finalized' | 'pending'): string {
  return `${moneyText(SOL[part])}, ${moneyText(USDC[part])}`;
}

const columns = [
  { title: 'PROVIDER', value: (provider: routes.Provider) => provider.name },
  { title: 'KIND', value: (provider: routes.Provider) => provider.kind },
  { title: 'STATUS', value: (provider: routes.Provider) => provider.status },
  {
    title: 'AGENTS',
    value: ({ workers }: routes.Provider) => `${workers.online}/${workers.registered}`,
  },
  {
    title: 'SLOTS',
    value: ({ workers }: routes.Provider) => `${workers.busySlots}/${workers.slots}`,
  },
  { title: 'WHY', value: (provider: routes.Provider) => provider.statusReason },
];

const healthColumns = [
  { title: 'AT', value: (entry: routes.ProviderHealth) => entry.at },
  { title: 'STATUS', value: (entry: routes.ProviderHealth) => entry.status },
  { title: 'WHY', value: (entry: routes.ProviderHealth) => entry.reason },
];

function named({ args }: Pick<Call<object>, 'args'>) {
  return { params: { provider: args[0] ?? '' } };
}

function readForm({ host }: Context, file: string) {
  return readJsonFile(host, file, formBytesMax);
}

async function print({ terminal }: Context, provider: routes.Provider): Promise<number> {
  if (terminal.json) {
    await terminal.object(provider);
    return 0;
  }
  const { workers, capabilities } = provider;
  const listOf = (values: readonly string[]) => (values.length === 0 ? null : values.join(', '));
  const facts = formatFacts([
    ['provider', provider.name],
    ['id', provider.providerId],
    ['kind', provider.kind],
    ['status', provider.status],
    ['why', provider.statusReason],
    ['agents', `${workers.online} of ${workers.registered} online, ${workers.accepting} take work`],
    ['slots', `${workers.busySlots} of ${workers.slots} taken`],
    ['agents at most', provider.workersMax === null ? null : String(provider.workersMax)],
    [
      'limits',
      listOf(Object.entries(capabilities).map(([name, value]) => `${name} ${String(value)}`)),
    ],
    ['endpoint', provider.endpoint],
    ['credentials', listOf(provider.credentials)],
    ['labels', listOf(Object.entries(provider.labels).map(([name, value]) => `${name}=${value}`))],
    ['tags', listOf(provider.tags)],
    ['description', provider.description],
  ]);
  for (const line of facts) await terminal.data(line);
  return 0;
}
