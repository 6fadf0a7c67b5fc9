import { type ChangeOptions, changing } from './http/if-match.ts';
import { type CallOptions, part, type Transport } from './http/transport.ts';
import type { KeyCaps, PerAsset } from './types/account.ts';
import type { Key, KeyInput, NewKey } from './types/key.ts';

const path = '/api/v1/keys';

/** `node3.keys`: who may act for your account. Calls reject with ApiError or ConnectionError. */
export class Keys {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Keys that still work, newest first. */
  async list(options?: CallOptions): Promise<Key[]> {
    const call = { method: 'GET', path, repeat: 'any', options } as const;
    return (await this.#transport.json<{ data: Key[] }>(call)).data;
  }

  /** Another key, which is shown only now. One with caps makes and ends no other keys. */
  create(key: KeyInput, options?: CallOptions): Promise<{ keyId: string; apiKey: string }> {
    const call = { method: 'POST', path, body: key, repeat: 'once' } as const;
    return this.#transport.json({ ...call, options });
  }

  /** Replaces a key; the old one works for a few minutes more. Not sent again when no answer comes. */
  rotate(keyId: string, options?: CallOptions): Promise<NewKey> {
    const call = { method: 'POST', path: `${path}/${part(keyId)}/rotate` } as const;
    return this.#transport.json({ ...call, repeat: 'once', options });
  }

  /** Ends a key at once. */
  async revoke(keyId: string, options?: CallOptions): Promise<void> {
    const call = { method: 'DELETE', path: `${path}/${part(keyId)}` } as const;
    await this.#transport.json({ ...call, repeat: 'any', options });
  }

  /** Lowers what a key may spend; an asset that is left out keeps its caps. `ifMatch`: `account.caps()`. */
  lowerCaps(
    keyId: string,
    caps: Partial<PerAsset<KeyCaps>>,
    options?: ChangeOptions,
  ): Promise<{ keyId: string; caps: PerAsset<KeyCaps> }> {
    const call = { method: 'PUT', path: `${path}/${part(keyId)}/caps`, body: { caps } } as const;
    return this.#transport.json({ ...call, ...changing(options) });
  }
}
