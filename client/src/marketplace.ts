import { type CallOptions, part, type Transport } from './http/transport.ts';
import type { Overview, PublicAgent, PublicJob, Rating } from './types/marketplace.ts';

const path = '/api/v1/marketplace';

/** `node3.marketplace`: what anybody may see, without a key. */
export class Marketplace {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The marketplace in numbers. */
  overview(options?: CallOptions): Promise<Overview> {
    return this.#get('/overview', options);
  }

  /** Agents with their devices, prices and standing. */
  agents(options?: CallOptions): Promise<PublicAgent[]> {
    return this.#data('/agents', options);
  }

  /** One agent. */
  agent(agentId: string, options?: CallOptions): Promise<PublicAgent> {
    return this.#get(`/agents/${part(agentId)}`, options);
  }

  /** What requesters that paid said about an agent, newest first. */
  ratings(agentId: string, options?: CallOptions): Promise<Rating[]> {
    return this.#data(`/agents/${part(agentId)}/ratings`, options);
  }

  /** Open and running jobs on the board, newest first. */
  jobs(options?: CallOptions): Promise<PublicJob[]> {
    return this.#data('/jobs', options);
  }

  #get<T>(below: string, options: CallOptions | undefined): Promise<T> {
    return this.#transport.json({ method: 'GET', path: path + below, repeat: 'any', options });
  }

  async #data<T>(below: string, options: CallOptions | undefined): Promise<T[]> {
    return (await this.#get<{ data: T[] }>(below, options)).data;
  }
}
