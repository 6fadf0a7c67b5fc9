import { MarketError } from '@node3/shared/error';

/** Room is made by people or by deadlines of files: asking more often only adds to the load. */
export const storageRetrySec = 10;

/** What a caller gets whose write found no room: it is known that nothing of it has happened. */
export function storageFull(cause: unknown): MarketError {
  const detail = 'The disk of the marketplace is full; nothing was changed.';
  return new MarketError('STORAGE_FULL', { detail, retryAfterSec: storageRetrySec }, { cause });
}
