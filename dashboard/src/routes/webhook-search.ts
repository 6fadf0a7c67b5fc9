import { deliveryStates } from '@node3/shared/routes/webhooks';
import { readCursor, readId, readOneOf } from './read-search.ts';

export interface WebhookSearch {
  state?: (typeof deliveryStates)[number];
  cursor?: string;
  /** The delivery that is open. */
  delivery?: string;
}

/** Keeps what the page understands of the address and drops the rest. */
export function readWebhookSearch(search: Record<string, unknown>): WebhookSearch {
  return {
    ...readOneOf(search, 'state', deliveryStates),
    ...readCursor(search),
    ...readId(search, 'delivery'),
  };
}
