import { fromMoney, type Money } from '@node3/shared/money';
import type { Column } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import type { OfferRow } from './offer-rows.ts';

export const offerGroups = ['gpu', 'region', 'provider'] as const;
export type OfferGroup = (typeof offerGroups)[number];

/** Offers of one class of GPU, region or provider. */
export interface GroupRow {
  /** null: the providers do not say. */
  group: string | null;
  agents: number;
  gpus: number;
  /** That no job has now, at agents that are online. */
  gpusIdle: number;
  /** The lowest and the highest price of an hour on one GPU; null takes anything. */
  askMin: Money | null;
  askMax: Money | null;
}

/** Most GPUs first. */
export function groupOffers(by: OfferGroup, offers: readonly OfferRow[]): GroupRow[] {
  const groups = Map.groupBy(offers, (row) => groupOf(by, row));
  return [...groups]
    .map(([group, rows]) => sumUp(group, rows))
    .toSorted((one, other) => other.gpus - one.gpus);
}

function groupOf(by: OfferGroup, { model, simulated, region, agentName, agentId }: OfferRow) {
  if (by === 'region') return region;
  // Two providers may give their agents the same name.
  return by === 'gpu' ? `${model}${simulated ? ' (simulated)' : ''}` : `${agentName} ${agentId}`;
}

function sumUp(group: string | null, rows: readonly OfferRow[]): GroupRow {
  const asks = rows
    .map(({ askPerGpuHour }) => askPerGpuHour)
    .toSorted((one, other) => Number(baseUnits(one) - baseUnits(other)));
  return {
    group,
    agents: new Set(rows.map(({ agentId }) => agentId)).size,
    gpus: rows.reduce((sum, { count }) => sum + count, 0),
    gpusIdle: rows.reduce((sum, { free }) => sum + (free ?? 0), 0),
    askMin: asks.at(0) ?? null,
    askMax: asks.at(-1) ?? null,
  };
}

function baseUnits(ask: Money | null): bigint {
  return ask === null ? 0n : fromMoney(ask);
}

const askText = (ask: Money | null) => (ask === null ? 'any' : moneyText(ask));

export function groupColumns(by: OfferGroup): Column<GroupRow>[] {
  return [
    { title: by.toUpperCase(), value: ({ group }) => group ?? '-' },
    { title: 'AGENTS', align: 'right', value: ({ agents }) => String(agents) },
    { title: 'GPUS', align: 'right', value: ({ gpus }) => String(gpus) },
    { title: 'IDLE', align: 'right', value: ({ gpusIdle }) => String(gpusIdle) },
    { title: 'FROM', align: 'right', value: ({ askMin }) => askText(askMin) },
    { title: 'TO', align: 'right', value: ({ askMax }) => askText(askMax) },
  ];
}
