import { isMarketError, MarketError } from '@node3/shared/error';
import type { Context } from '../context.ts';

/** Random bytes of a key that nobody gave. */
export const keyBytes = 24;

/** The key of what a command posts: its own option, then the global one, then a new one. */
export function chooseKey({ options, host }: Context, own?: string): string {
  return own ?? options.idempotencyKey ?? host.ids.secret(keyBytes);
}

/** Where no answer comes, the error names the key: with it the command can be repeated. */
export async function namingKey<T>(idempotencyKey: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isMarketError(error, 'MARKETPLACE_UNREACHABLE')) throw error;
    const context = { ...error.context, idempotencyKey };
    throw new MarketError('MARKETPLACE_UNREACHABLE', context, { cause: error });
  }
}
