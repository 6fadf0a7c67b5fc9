import type { Client } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { createQuote, type Quote } from '@node3/shared/routes/quotes';
import { durationText, moneyText, priceText } from '../output/words.ts';
import { alternativeText } from './explanation.ts';

/** A firm quote for what is about to be posted; null where quotes can't be had, which stops nobody. */
export async function askQuote(client: Client, spec: JobSpecInput): Promise<Quote | null> {
  try {
    return await client.call(createQuote, { body: spec });
  } catch (error) {
    if (isMarketError(error, 'ROUTE_NOT_FOUND') || isMarketError(error, 'RATE_LIMITED'))
      return null;
    throw error;
  }
}

/** `0.00105 SOL at most, fee 5 % included; 2 agents fit, 1 free; starts in about 3.0 s`. */
export function quoteLine(quote: Quote): string {
  const { agentsMatching, agentsFree } = quote.availability;
  const fit = agentsMatching === 1 ? '1 agent fits' : `${agentsMatching} agents fit`;
  const start = quote.eta === null ? '' : `; starts in about ${secondsText(quote.eta.startSecP50)}`;
  return `${moneyText(quote.total)} at most, fee ${percentText(quote)} included; ${fit}, ${agentsFree} free${start}`;
}

/** The quote in full, as label and value. */
export function quoteFacts(quote: Quote): [string, string | null][] {
  const { availability, eta } = quote;
  return [
    ['quote', quote.quoteId],
    ['price', priceText(quote.price, quote.bidPerGpuHour)],
    ['fee', `${moneyText(quote.fee)} (${percentText(quote)})`],
    ['total', `${moneyText(quote.total)} at most`],
    ['stands until', quote.expiresAt],
    ['agents', `${availability.agentsMatching} online fit, ${availability.agentsFree} free`],
    ['GPUs free', availability.devicesFree === null ? null : String(availability.devicesFree)],
    ['queue', `${availability.queueAhead} ahead`],
    [
      'start',
      eta === null
        ? 'unknown: too few jobs like this have started lately'
        : `${secondsText(eta.startSecP50)}; nine of ten within ${secondsText(eta.startSecP90)}`,
    ],
    ...quote.alternatives.map((alternative): [string, string] => [
      'nearest',
      alternativeText(alternative),
    ]),
  ];
}

function percentText({ feeBasisPoints }: Quote): string {
  return `${feeBasisPoints / 100} %`;
}

function secondsText(seconds: number): string {
  return durationText(seconds * 1_000);
}
