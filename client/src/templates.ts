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
import type { JobSpec } from './types/job-spec.ts';
import type {
  GalleryTemplate,
  Template,
  TemplateParameter,
  TemplatePreview,
  TemplateRun,
  TemplateSummary,
} from './types/template.ts';

const path = '/api/v1/templates';

/** `node3.templates`: specs with parameters. Calls reject with ApiError or ConnectionError. */
export class Templates {
  readonly #transport: Transport;
  readonly #guard: CostGuard;

  constructor(transport: Transport, guard: CostGuard) {
    this.#transport = transport;
    this.#guard = guard;
  }

  /** Keeps a spec with typed parameters as version 1. Not sent again when no answer comes. */
  create(
    template: {
      name: string;
      description?: string;
      spec: Record<string, unknown>;
      parameters?: TemplateParameter[];
    },
    options?: CallOptions,
  ): Promise<Template> {
    const call = { method: 'POST', path, body: template, repeat: 'once' } as const;
    return this.#transport.json({ ...call, options });
  }

  /** Adds a version; those before it never change. `ifMatch`: the newest one. */
  createVersion(
    templateId: string,
    version: { spec: Record<string, unknown>; parameters?: TemplateParameter[] },
    options?: ChangeOptions,
  ): Promise<Template> {
    const call = { ...this.#one(templateId, '/versions'), body: version, ...changing(options) };
    return this.#transport.json({ ...call, repeat: 'once' });
  }

  /** Your templates, newest first; with `archived` the archived ones too. */
  list({
    archived,
    ...options
  }: ListOptions & { archived?: boolean } = {}): Pages<TemplateSummary> {
    return pagesOf(this.#transport, path, options, { archived });
  }

  /** Templates that anybody may use, newest first, and then the built-in examples. */
  gallery({ q, tag, ...options }: ListOptions & { q?: string; tag?: string } = {}) {
    const query = { q, tag };
    return pagesOf<GalleryTemplate>(this.#transport, `${path}/public`, options, query);
  }

  /** Says who may use it. Refused where a version seems to hold a secret. */
  share(
    templateId: string,
    shown: { visibility: TemplateSummary['visibility']; tags?: string[] },
    options?: CallOptions,
  ): Promise<TemplateSummary> {
    const call = { ...this.#one(templateId, '/visibility'), method: 'PUT', body: shown } as const;
    return this.#transport.json({ ...call, repeat: 'any', options });
  }

  /** Copies one of yours or a shared one into your account. Not sent again when no answer comes. */
  copy(templateId: string, options?: CallOptions): Promise<Template> {
    return this.#transport.json({ ...this.#one(templateId, '/copies'), repeat: 'once', options });
  }

  /** The newest version, or the one asked for. */
  get(
    templateId: string,
    { version, ...options }: CallOptions & { version?: number } = {},
  ): Promise<Template> {
    const call = { ...this.#one(templateId), method: 'GET', query: { version } } as const;
    return this.#transport.json({ ...call, repeat: 'any', options });
  }

  /** The spec that would be posted, with secrets masked. */
  preview(
    templateId: string,
    run: TemplateRun = {},
    options?: CallOptions,
  ): Promise<TemplatePreview> {
    const call = { ...this.#one(templateId, '/preview'), body: run, repeat: 'any' } as const;
    return this.#transport.json({ ...call, options });
  }

  /** Posts a job from it, guarded as `jobs.create` is. */
  async run(
    templateId: string,
    run: TemplateRun = {},
    options: PostOptions & CostOptions = {},
  ): Promise<Job> {
    const { headers, ...rest } = idempotent(options);
    const post = (quoted: Record<string, string>, body = run): Promise<Job> => {
      const call = { ...this.#one(templateId, '/jobs'), body, ...rest };
      return this.#transport.json({ ...call, headers: { ...headers, ...quoted } });
    };
    if (!this.#guard.isNeeded(options)) return post({});
    const { spec, version } = await this.preview(templateId, run, options);
    const { hold, quoteId } = await this.#guard.forJob(spec as unknown as JobSpec, options);
    // What was quoted is what runs.
    return keeping([hold], () => post({ 'quote-id': quoteId }, { ...run, version }));
  }

  /** Posts no more jobs from it; what it made stays. */
  archive(templateId: string, options?: CallOptions): Promise<TemplateSummary> {
    return this.#transport.json({ ...this.#one(templateId, '/archive'), repeat: 'any', options });
  }

  #one(templateId: string, below = '') {
    return { method: 'POST' as const, path: `${path}/${part(templateId)}${below}` };
  }
}
