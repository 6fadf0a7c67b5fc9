import { listEvents } from '@node3/shared/routes/events';
import {
  type deliveryStates,
  getDelivery,
  getWebhook,
  listDeliveries,
  listWebhooks,
} from '@node3/shared/routes/webhooks';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

export type DeliveryState = (typeof deliveryStates)[number];

export function webhooksQuery({ client }: App) {
  return queryOptions({
    queryKey: ['own', 'webhooks'],
    queryFn: async ({ signal }) => (await client.call(listWebhooks, {}, { signal })).data,
  });
}

/** Under the key of all, as is what was sent to it: a change to one renews the others. */
export function webhookQuery({ client }: App, webhookId: string) {
  return queryOptions({
    queryKey: ['own', 'webhooks', webhookId],
    queryFn: ({ signal }) => client.call(getWebhook, { params: { webhookId } }, { signal }),
  });
}

interface DeliveryPage {
  state?: DeliveryState | undefined;
  cursor?: string | undefined;
}

export function deliveriesQuery({ client }: App, webhookId: string, page: DeliveryPage) {
  const { state, cursor } = page;
  return queryOptions({
    queryKey: ['own', 'webhooks', webhookId, 'deliveries', state ?? '', cursor ?? ''],
    queryFn: ({ signal }) => {
      const query = {
        limit: 25,
        ...(state === undefined ? {} : { state }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return client.call(listDeliveries, { params: { webhookId }, query }, { signal });
    },
  });
}

/** A delivery with its attempts, and the event that is its payload; null where that can't be read. */
export function deliveryQuery({ client }: App, webhookId: string, deliveryId: string) {
  return queryOptions({
    queryKey: ['own', 'webhooks', webhookId, 'delivery', deliveryId],
    queryFn: async ({ signal }) => {
      const params = { webhookId, deliveryId };
      const delivery = await client.call(getDelivery, { params }, { signal });
      const query = { after: delivery.eventSeq - 1, limit: 1 };
      const [event = null] = (await client.call(listEvents, { query }, { signal })).data;
      return { delivery, event: event?.seq === delivery.eventSeq ? event : null };
    },
  });
}
