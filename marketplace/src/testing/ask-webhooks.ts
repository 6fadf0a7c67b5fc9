import type { RouteContract } from '@node3/shared/contract';
import * as routes from '@node3/shared/routes/webhooks';
import { startWebServer } from '@node3/shared/testing/web-server';
import type { TestMarketplace } from './test-marketplace.ts';

/** Asks every endpoint for webhooks once. */
export async function askWebhooks(
  ask: (contract: RouteContract, args: object) => Promise<unknown>,
  market: Pick<TestMarketplace, 'store'>,
  /** What is asked while there is a delivery. */
  askAll: () => Promise<void>,
): Promise<void> {
  const { promise: heard, resolve: hear } = Promise.withResolvers<void>();
  const server = await startWebServer((_request, response) => {
    response.writeHead(200).end('thanks');
    hear();
  });
  const url = `http://127.0.0.1:${server.port}/hook`;
  const created = await ask(routes.createWebhook, { body: { url, types: ['job.*'] } });
  const { webhookId } = created as routes.WebhookView;
  const params = { webhookId };
  await ask(routes.getWebhook, { params });
  await ask(routes.listWebhooks, {});
  await ask(routes.changeWebhook, { params, body: { description: 'asked', types: null } });
  await ask(routes.rotateWebhookSecret, { params });
  await ask(routes.testWebhook, { params });
  await heard;
  const page = await ask(routes.listDeliveries, { params, query: {} });
  const [delivery] = (page as { data: routes.DeliveryView[] }).data;
  const one = { params: { webhookId, deliveryId: delivery?.deliveryId ?? '' } };
  await ask(routes.getDelivery, one);
  await ask(routes.replayDelivery, one);
  await askAll();
  await ask(routes.replayWebhook, { params, body: { after: await market.store.lastEventSeq() } });
  await ask(routes.deleteWebhook, { params });
  await server.close();
}
