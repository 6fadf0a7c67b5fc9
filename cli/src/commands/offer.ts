import type { GpuRequirement } from '@node3/shared/job-spec';
import { type Asset, fromMoney, type Money } from '@node3/shared/money';
import { listPublicAgents, type PublicAgent } from '@node3/shared/routes/marketplace';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { fitFor, printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { bytesText, moneyText } from '../output/words.ts';
import { choose } from '../parse/choose.ts';
import { parseGpuSpec } from '../parse/gpu-spec.ts';
import { parseAsset, parseMoney } from '../parse/money.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface OfferOptions {
  gpu?: string;
  maxPrice?: string;
  asset: string;
  order: string;
  limit: string;
  all?: boolean;
}

/** GPUs of one class at one agent. */
export interface OfferRow {
  agentId: string;
  agentName: string;
  model: string;
  modelId: string | null;
  vendor: string;
  memoryBytes: number | null;
  count: number;
  simulated: boolean;
  /** The least that is taken for an hour on one GPU; null takes anything. */
  askPerGpuHour: Money | null;
  online: boolean;
  state: string;
  running: number;
  ratingMean: number | null;
}

const orders = ['price', 'memory', 'rating'] as const;

/** `node3 offer`: the GPUs that agents offer, cheapest first. */
export async function showOffers(context: Context, call: Call<OfferOptions>): Promise<number> {
  const { options } = call;
  const { terminal, host } = context;
  const asset = parseAsset(options.asset);
  const gpu = options.gpu === undefined ? null : parseGpuSpec(options.gpu);
  const most =
    options.maxPrice === undefined ? null : parseMoney('--max-price', options.maxPrice, asset);
  const order = choose('--order', options.order, orders);
  const limit = parseWholeNumber('--limit', options.limit, { min: 1, max: 1_000 });
  const { data: agents } = await connect(context, 'public').call(listPublicAgents, {});
  const all = agents.flatMap((agent) => offersOf(agent, most?.asset ?? asset));
  const found = all
    .filter(({ online }) => online || options.all === true)
    .filter((row) => (gpu === null || fits(gpu, row)) && isWithin(most, row))
    .toSorted((one, other) => compare(order, one, other));
  const columns = offerColumns(fitFor(terminal));
  await printRows(
    context,
    { data: found.slice(0, limit) },
    columns,
    'No GPU like this is offered.',
  );
  if (found.length > limit || found.length < all.length) {
    const shown = Math.min(limit, found.length);
    await terminal.talk(
      `${shown} of ${all.length} offers; who could run a job: ${host.command} run --explain`,
    );
  }
  return found.length === 0 ? exitCodes.noMatch.code : exitCodes.ok.code;
}

function offersOf(agent: PublicAgent, asset: Asset): OfferRow[] {
  const rows = new Map<string, OfferRow>();
  for (const device of agent.devices) {
    const known = rows.get(device.model);
    if (known !== undefined) {
      known.count += 1;
      continue;
    }
    const asks = agent.deviceAsks.find(({ deviceId }) => deviceId === device.id);
    rows.set(device.model, {
      agentId: agent.agentId,
      agentName: agent.name,
      model: device.model,
      modelId: device.modelId,
      vendor: device.vendor,
      memoryBytes: device.memoryBytes,
      count: 1,
      simulated: device.simulated,
      askPerGpuHour: asks?.[asset] ?? null,
      online: agent.status === 'online',
      state: agent.state,
      running: agent.running,
      ratingMean: agent.rating.mean,
    });
  }
  return [...rows.values()];
}

/** What can be told of a whole class; a framework and a capability only the match knows. */
function fits(gpu: GpuRequirement, row: OfferRow): boolean {
  return (
    row.count >= gpu.count &&
    (gpu.vendor === undefined || gpu.vendor === row.vendor) &&
    (gpu.models === undefined || (row.modelId !== null && gpu.models.includes(row.modelId))) &&
    (gpu.memoryBytesMin === undefined || (row.memoryBytes ?? 0) >= gpu.memoryBytesMin)
  );
}

function isWithin(most: Money | null, { askPerGpuHour: ask }: OfferRow): boolean {
  return most === null || ask === null || fromMoney(ask) <= fromMoney(most);
}

function compare(order: (typeof orders)[number], one: OfferRow, other: OfferRow): number {
  if (order === 'memory') return (other.memoryBytes ?? 0) - (one.memoryBytes ?? 0);
  if (order === 'rating') return (other.ratingMean ?? 0) - (one.ratingMean ?? 0);
  const [least, more] = [one, other].map(({ askPerGpuHour: ask }) =>
    ask === null ? 0n : fromMoney(ask),
  );
  if (least === undefined || more === undefined || least === more) return 0;
  return least < more ? -1 : 1;
}

function offerColumns(fit: (text: string) => string): Column<OfferRow>[] {
  return [
    { title: 'GPU', value: (row) => `${row.model}${row.simulated ? ' (simulated)' : ''}` },
    {
      title: 'VRAM',
      align: 'right',
      value: ({ memoryBytes }) => (memoryBytes === null ? '-' : bytesText(memoryBytes)),
    },
    { title: 'COUNT', align: 'right', value: ({ count }) => String(count) },
    {
      title: 'PER HOUR',
      align: 'right',
      value: ({ askPerGpuHour: ask }) => (ask === null ? 'any' : moneyText(ask)),
    },
    { title: 'STATE', value: ({ online, state }) => (online ? state : 'offline') },
    { title: 'RATING', align: 'right', value: ({ ratingMean }) => ratingMean?.toFixed(1) ?? '-' },
    { title: 'NAME', value: ({ agentName }) => agentName },
    { title: 'AGENT', value: ({ agentId }) => fit(agentId) },
  ];
}
