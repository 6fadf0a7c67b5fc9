import { type ChangeOptions, changing } from './http/if-match.ts';
import { type ListOptions, type Pages, pagesOf } from './http/pages.ts';
import { type CallOptions, part, type Transport } from './http/transport.ts';
import type { Delivery, Webhook, WebhookWithSecret } from './types/event.ts';
import { type VerifyInput, verifyWebhook, type WebhookMessage } from './verify-webhook.ts';

const path = '/api/v1/webhooks';

/** `node3.webhooks`: have events sent to you. Calls reject with ApiError or ConnectionError. */
export class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Whether a request came from the marketplace: see {@link verifyWebhook}. Asks nobody. */
  verify(input: VerifyInput): Promise<WebhookMessage> {
    return verifyWebhook(input);
  }

  /** Events of your account are sent to a URL; keep the secret, which is shown only now. */
  create(
    webhook: { url: string; types?: string[] | null; description?: string | null },
    options?: CallOptions,
  ): Promise<WebhookWithSecret> {
    const call = { method: 'POST', path, body: webhook, repeat: 'once' } as const;
    return this.#transport.json({ ...call, options });
  }

  /** Yours, newest first. */
  async list(options?: CallOptions): Promise<Webhook[]> {
    const call = { method: 'GET', path, repeat: 'any', options } as const;
    return (await this.#transport.json<{ data: Webhook[] }>(call)).data;
  }

  /** One of them. */
  get(webhookId: string, options?: CallOptions): Promise<Webhook> {
    return this.#one('GET', webhookId, '', { repeat: 'any', options });
  }

  /** Changes what is given; one that is enabled again gets what happens from then on. */
  update(
    webhookId: string,
    changes: {
      url?: string;
      types?: string[] | null;
      description?: string | null;
      enabled?: boolean;
    },
    options?: ChangeOptions,
  ): Promise<Webhook> {
    return this.#one('PUT', webhookId, '', { body: changes, ...changing(options) });
  }

  /** Removes it with what was to be sent to it. */
  async delete(webhookId: string, options?: CallOptions): Promise<void> {
    await this.#one('DELETE', webhookId, '', { repeat: 'any', options });
  }

  /** Signs with a new secret; the old one signs too for a day. */
  rotate(webhookId: string, options?: ChangeOptions): Promise<WebhookWithSecret> {
    return this.#one('POST', webhookId, '/rotate', { ...changing(options), repeat: 'once' });
  }

  /** Sends the event `webhook.tested`. */
  async test(webhookId: string, options?: CallOptions): Promise<void> {
    await this.#one('POST', webhookId, '/test', { repeat: 'once', options });
  }

  /** What was sent to it in the last 30 days, newest first. */
  deliveries(
    webhookId: string,
    { state, ...options }: ListOptions & { state?: Delivery['state'] } = {},
  ): Pages<Delivery> {
    const below = `${path}/${part(webhookId)}/deliveries`;
    return pagesOf(this.#transport, below, options, { state });
  }

  #one<T>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    webhookId: string,
    below: string,
    call: Omit<Parameters<Transport['json']>[0], 'method' | 'path'>,
  ): Promise<T> {
    return this.#transport.json({ method, path: `${path}/${part(webhookId)}${below}`, ...call });
  }
}
