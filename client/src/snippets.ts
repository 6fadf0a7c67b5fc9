import { type ListOptions, Pages } from './http/pages.ts';
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

  list(selection: SnippetListOptions = {}): Pages<SnippetSummary> {
    const { name, q, language, sort, limit, ...options } = selection;
    return new Pages((cursor) =>
      this.#transport.json({
        method: 'GET',
        path,
        query: { name, q, language, sort, limit, cursor },
        repeat: 'any',
        options,
      }),
    );
  }

  get(snippetId: string, options?: CallOptions): Promise<Snippet> {
    return this.#transport.json({
      ...one(snippetId),
      method: 'GET',
      repeat: 'any',
      options,
    });
  }

  /**
   * Reads a snippet, asks `change` for what it shall be, and replaces it. Rejects with RESOURCE_CHANGED
   * when somebody else changed it meanwhile: then nothing is lost, and it can be done again.
   */
  async update(
    snippetId: string,
    change: (snippet: Snippet) => SnippetInput,
    options?: CallOptions,
  ): Promise<Snippet> {
    const read = { ...one(snippetId), method: 'GET', repeat: 'any', options } as const;
    const { body, headers } = await this.#transport.answer(read);
    const call = { ...one(snippetId), method: 'PUT', repeat: 'once', options } as const;
    return this.#transport.json({
      ...call,
      body: change(body as Snippet),
      headers: { 'if-match': headers.get('etag') ?? '*' },
    });
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
