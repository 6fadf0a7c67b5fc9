import type { Client } from '@node3/shared/client';
import { usageError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { groupColumns, groupOffers, type OfferGroup, offerGroups } from '../offers/group-offers.ts';
import { type OfferFilterOptions, type OfferQuery, offerQueryOf } from '../offers/offer-query.ts';
import type { OfferRow } from '../offers/offer-rows.ts';
import { type FoundOffers, offersWalkedMax, walkOffers } from '../offers/walk-offers.ts';
import { watchList } from '../offers/watch-list.ts';
import { fitFor, printRows } from '../output/print-rows.ts';
import type { Column } from '../output/table.ts';
import { bytesText, moneyText } from '../output/words.ts';
import { choose } from '../parse/choose.ts';
import { parseSeconds, timerMsMax } from '../parse/duration.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

export interface OfferOptions extends OfferFilterOptions {
  limit: string;
  groupBy?: string;
  watch?: boolean;
  every: string;
}

interface Selection {
  query: OfferQuery;
  limit: number;
  groupBy: OfferGroup | null;
  everyMs: number;
}

/** `node3 offer`: the GPUs that agents offer, cheapest first. */
export async function showOffers(context: Context, call: Call<OfferOptions>): Promise<number> {
  const selection = readSelection(call.options);
  const { groupBy, limit } = selection;
  const client = connect(context, 'public');
  if (call.options.watch === true) return watchOffers(context, selection, client);
  const found = await readOffers(client, selection);
  const none = 'No GPU like this is offered.';
  if (groupBy === null) {
    const page = { data: found.rows, total: found.total };
    await printRows(context, page, offerColumns(fitFor(context.terminal)), none);
    if (found.total > found.rows.length) await sayRest(context, found, 'see --limit');
  } else {
    const data = groupOffers(groupBy, found.rows).slice(0, limit);
    await printRows(context, { data }, groupColumns(groupBy), none);
    if (found.total > found.rows.length) await sayRest(context, found, 'narrow it with filters');
  }
  return found.total === 0 ? exitCodes.noMatch.code : exitCodes.ok.code;
}

function readSelection(options: OfferOptions): Selection {
  const { groupBy } = options;
  return {
    query: offerQueryOf(options),
    limit: parseWholeNumber('--limit', options.limit, { min: 1, max: 1_000 }),
    groupBy: groupBy === undefined ? null : choose('--group-by', groupBy, offerGroups),
    everyMs: Math.min(parseSeconds('--every', options.every) * 1_000, timerMsMax),
  };
}

/** Groups are made of all offers, a list has the first ones. */
function readOffers(
  client: Client,
  { groupBy, limit, query }: Selection,
  signal?: AbortSignal,
): Promise<FoundOffers> {
  const most = groupBy === null ? limit : offersWalkedMax;
  return walkOffers(client, query, { most, ...(signal !== undefined && { signal }) });
}

async function sayRest(
  { terminal }: Context,
  { rows, total }: FoundOffers,
  hint: string,
): Promise<void> {
  await terminal.talk(`${rows.length} of ${total} offers that fit; ${hint}`);
}

function watchOffers(context: Context, selection: Selection, client: Client): Promise<number> {
  const { groupBy, limit, everyMs } = selection;
  const read = async (signal: AbortSignal) => (await readOffers(client, selection, signal)).rows;
  if (['yaml', 'id'].includes(context.terminal.format)) {
    throw usageError(
      '--watch has no end to write a whole answer at.',
      'Take --json, or no format.',
    );
  }
  if (groupBy !== null) {
    return watchList(context, {
      everyMs,
      read: async (signal) => groupOffers(groupBy, await read(signal)).slice(0, limit),
      keyOf: ({ group }) => group ?? '',
      gone: (row) => ({ ...row, agents: 0, gpus: 0, gpusIdle: 0 }),
      columns: groupColumns(groupBy),
    });
  }
  return watchList(context, {
    everyMs,
    read,
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
