import { type ChangeOptions, changing } from './http/if-match.ts';
import { type ListOptions, type Pages, pagesOf } from './http/pages.ts';
import {
  type CallOptions,
  idempotent,
  type PostOptions,
  part,
  type Transport,
} from './http/transport.ts';
import { keeping } from './jobs/jobs.ts';
import type { CostGuard, CostOptions } from './quotes.ts';
import type { Job } from './types/job.ts';
import type { JobSpec, ScriptWorkload } from './types/job-spec.ts';
import type { Snippet, SnippetInput, SnippetSummary } from './types/snippet.ts';

const path = '/api/v1/snippets';

/** Which snippets `snippets.list` lists, and in which order. */
export interface SnippetListOptions extends ListOptions {
  /** Exactly this name. */
  name?: string;
  /** In the name or description. */
  q?: string;
  language?: ScriptWorkload['language'];
  /** Last changed first where nothing is said. */
  sort?: '-updatedAt' | 'updatedAt' | '-createdAt' | 'createdAt' | 'name';
}

/** `node3.snippets`: scripts that are kept. Calls reject with ApiError or ConnectionError. */
export class Snippets {
  readonly #transport: Transport;
  readonly #guard: CostGuard;

  constructor(transport: Transport, guard: CostGuard) {
    this.#transport = transport;
    this.#guard = guard;
  }

  /** Keeps a script. Not sent again when no answer comes. */
  create(snippet: SnippetInput, options?: CallOptions): Promise<Snippet> {
    const call = { method: 'POST', path, body: snippet, repeat: 'once' } as const;
    return this.#transport.json({ ...call, options });
  }

  list({ name, q, language, sort, ...options }: SnippetListOptions = {}): Pages<SnippetSummary> {
    return pagesOf(this.#transport, path, options, { name, q, language, sort });
  }

  get(snippetId: string, options?: CallOptions): Promise<Snippet> {
    return this.#transport.json({
      ...one(snippetId),
      method: 'GET',
      repeat: 'any',
      options,
    });
  }

  /** Replaces it. `ifMatch`: the snippet as it was read; changed meanwhile, it rejects with RESOURCE_CHANGED. */
  replace(snippetId: string, snippet: SnippetInput, options?: ChangeOptions): Promise<Snippet> {
    const call = { ...one(snippetId), method: 'PUT', body: snippet } as const;
    return this.#transport.json({ ...call, ...changing(options) });
  }

  /** Removes it; jobs that came from it stay. */
  async delete(snippetId: string, options?: CallOptions): Promise<void> {
    await this.#transport.json({
      ...one(snippetId),
      method: 'DELETE',
      repeat: 'any',
      options,
    });
  }

  /** Posts a job from it, guarded as `jobs.create` is. `overrides` has its price, and whatever else shall differ. */
  async run(
    snippetId: string,
    overrides: Partial<JobSpec> & Pick<JobSpec, 'price'>,
    options: PostOptions & CostOptions = {},
  ): Promise<Job> {
    const { headers, ...rest } = idempotent(options);
    const post = (): Promise<Job> => {
      const call = { ...one(snippetId, '/jobs'), method: 'POST', body: { overrides } } as const;
      return this.#transport.json({ ...call, ...rest, headers });
    };
    if (!this.#guard.isNeeded(options)) return post();
    return keeping(await this.#guard.forPrices([overrides.price], options), post);
  }
}

function one(snippetId: string, below = '') {
  return { path: `${path}/${part(snippetId)}${below}` };
}
