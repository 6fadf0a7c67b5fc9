import { type Asset, type Money } from '@node3/shared/money';
import { listPublicAgents } from '@node3/shared/routes/marketplace';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { groupColumns, groupOffers, type OfferGroup, offerGroups } from '../offers/group-offers.ts';
import {
  compareOffers,
  fits,
  isWithin,
  type OfferOrder,
  type OfferRow,
  offerOrders,
  offersOf,
} from '../offers/offer-rows.ts';
import { watchList } from '../offers/watch-list.ts';
import { fitFor, printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { bytesText, moneyText } from '../output/words.ts';
import { choose } from '../parse/choose.ts';
import { parseSeconds, timerMsMax } from '../parse/duration.ts';
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
  groupBy?: string;
  watch?: boolean;
  every: string;
}

interface Selection {
  asset: Asset;
  gpu: ReturnType<typeof parseGpuSpec> | null;
  most: Money | null;
  order: OfferOrder;
  limit: number;
  offline: 'shown' | 'hidden';
  groupBy: OfferGroup | null;
  everyMs: number;
}

/** `node3 offer`: the GPUs that agents offer, cheapest first. */
export async function showOffers(context: Context, call: Call<OfferOptions>): Promise<number> {
  const { options } = call;
  const selection = readSelection(options);
  const client = connect(context, 'public');
  const read = async (signal?: AbortSignal) => {
    const { data } = await client.call(
      listPublicAgents,
      {},
      signal === undefined ? {} : { signal },
    );
    const all = data.flatMap((agent) => offersOf(agent, selection.most?.asset ?? selection.asset));
    return { all, found: choosing(all, selection) };
  };
  if (options.watch === true) return watchOffers(context, selection, read);
  const { all, found } = await read();
  const none = 'No GPU like this is offered.';
  if (selection.groupBy !== null) {
    const data = groupOffers(selection.groupBy, found).slice(0, selection.limit);
    await printRows(context, { data }, groupColumns(selection.groupBy), none);
  } else {
    const data = found.slice(0, selection.limit);
    await printRows(context, { data }, offerColumns(fitFor(context.terminal)), none);
    await sayRest(context, all.length, found.length, data.length);
  }
  return found.length === 0 ? exitCodes.noMatch.code : exitCodes.ok.code;
}

function readSelection(options: OfferOptions): Selection {
  const asset = parseAsset(options.asset);
  const { gpu, maxPrice, groupBy } = options;
  return {
    asset,
    gpu: gpu === undefined ? null : parseGpuSpec(gpu),
    most: maxPrice === undefined ? null : parseMoney('--max-price', maxPrice, asset),
    order: choose('--order', options.order, offerOrders),
    limit: parseWholeNumber('--limit', options.limit, { min: 1, max: 1_000 }),
    offline: options.all === true ? 'shown' : 'hidden',
    groupBy: groupBy === undefined ? null : choose('--group-by', groupBy, offerGroups),
    everyMs: Math.min(parseSeconds('--every', options.every) * 1_000, timerMsMax),
  };
}

function choosing(
  all: readonly OfferRow[],
  { gpu, most, order, offline }: Selection,
): readonly OfferRow[] {
  return all
    .filter(({ online }) => online || offline === 'shown')
    .filter((row) => (gpu === null || fits(gpu, row)) && isWithin(most, row))
    .toSorted((one, other) => compareOffers(order, one, other));
}

async function sayRest(
  { terminal, host }: Context,
  all: number,
  found: number,
  shown: number,
): Promise<void> {
  if (found === shown && found === all) return;
  const words = `${shown} of ${all} offers; who could run a job: ${host.command} run --explain`;
  await terminal.talk(words);
}

function watchOffers(
  context: Context,
  { groupBy, limit, everyMs }: Selection,
  read: (signal: AbortSignal) => Promise<{ found: readonly OfferRow[] }>,
): Promise<number> {
  if (['yaml', 'id'].includes(context.terminal.format)) {
    throw usageError(
      '--watch has no end to write a whole answer at.',
      'Take --json, or no format.',
    );
  }
  if (groupBy !== null) {
    return watchList(context, {
      everyMs,
      read: async (signal) => groupOffers(groupBy, (await read(signal)).found).slice(0, limit),
      keyOf: ({ group }) => group ?? '',
      gone: (row) => ({ ...row, agents: 0, gpus: 0, gpusIdle: 0 }),
      columns: groupColumns(groupBy),
    });
  }
  return watchList(context, {
    everyMs,
    read: async (signal) => (await read(signal)).found.slice(0, limit),
    keyOf: ({ agentId, model }) => `${agentId} ${model}`,
    gone: (row) => ({ ...row, count: 0, state: 'gone' }),
    columns: offerColumns(fitFor(context.terminal)),
  });
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
    { title: 'REGION', minor: true, value: ({ region }) => region ?? '-' },
    {
      title: 'RATING',
      align: 'right',
      minor: true,
      value: ({ ratingMean }) => ratingMean?.toFixed(1) ?? '-',
    },
    { title: 'NAME', value: ({ agentName }) => agentName },
    { title: 'AGENT', value: ({ agentId }) => fit(agentId) },
  ];
}
