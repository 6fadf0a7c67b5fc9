import type { QueryOf } from '@node3/shared/contract';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { explainSpec } from '@node3/shared/routes/explain';
import { listJobs } from '@node3/shared/routes/jobs';
import { createQuote } from '@node3/shared/routes/quotes';
import { getSnippet, listSnippets } from '@node3/shared/routes/snippets';
import {
  getTemplate,
  listGallery,
  listTemplates,
  previewTemplate,
  type TemplateRun,
} from '@node3/shared/routes/templates';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

type SnippetsFilter = QueryOf<typeof listSnippets>;
type TemplatesFilter = QueryOf<typeof listTemplates>;
type GalleryFilter = QueryOf<typeof listGallery>;

/** How long before its end a quote is not worth starting with. */
export const quoteSlackMs = 5_000;

/** `spec` null: it isn't finished, so nothing is asked. A quote is renewed before it ends. */
export function quoteQuery({ client }: App, spec: JobSpecInput | null) {
  return queryOptions({
    queryKey: ['work', 'quote', spec],
    queryFn: ({ signal }) => client.call(createQuote, { body: requireSpec(spec) }, { signal }),
    enabled: spec !== null,
    gcTime: 60_000,
    retry: false,
    staleTime: quoteSlackMs,
    refetchInterval: ({ state }) =>
      state.data === undefined
        ? 15_000
        : Math.max(2_000, Date.parse(state.data.expiresAt) - Date.now() - 2 * quoteSlackMs),
  });
}

/** Who could run a job, and what keeps it from the others. */
export function explainSpecQuery({ client }: App, spec: JobSpecInput | null) {
  return queryOptions({
    queryKey: ['work', 'explain', spec],
    queryFn: ({ signal }) => client.call(explainSpec, { body: requireSpec(spec) }, { signal }),
    enabled: spec !== null,
    gcTime: 60_000,
    retry: false,
    refetchInterval: 10_000,
  });
}

function requireSpec(spec: JobSpecInput | null): JobSpecInput {
  if (spec === null) throw new Error('a query that is not enabled was run');
  return spec;
}

export const recentJobsKey = ['own', 'jobs', 'recent'] as const;
const recentShown = 10;

export function recentJobsQuery({ client }: App) {
  return queryOptions({
    queryKey: recentJobsKey,
    queryFn: ({ signal }) => client.call(listJobs, { query: { limit: recentShown } }, { signal }),
  });
}

export function snippetsQuery({ client }: App, query: SnippetsFilter) {
  return queryOptions({
    queryKey: ['own', 'snippets', query],
    queryFn: ({ signal }) => client.call(listSnippets, { query }, { signal }),
  });
}

export function templatesQuery({ client }: App, query: TemplatesFilter) {
  return queryOptions({
    queryKey: ['own', 'templates', query],
    queryFn: ({ signal }) => client.call(listTemplates, { query }, { signal }),
  });
}

export function galleryQuery({ client }: App, query: GalleryFilter) {
  return queryOptions({
    queryKey: ['gallery', query],
    queryFn: ({ signal }) => client.call(listGallery, { query }, { signal }),
  });
}

/** With the version that it has, so that another one is not written over. */
export function snippetQuery({ client }: App, snippetId: string) {
  return queryOptions({
    queryKey: ['own', 'snippet', snippetId],
    async queryFn({ signal }) {
      let version: string | null = null;
      const onAnswer = (headers: Headers) => {
        version = headers.get('etag')?.replaceAll('"', '') ?? null;
      };
      const params = { snippetId };
      const snippet = await client.call(getSnippet, { params }, { signal, onAnswer });
      return { ...snippet, etag: version as string | null };
    },
  });
}

/** `version` undefined: the newest. */
export function templateQuery({ client }: App, templateId: string, version?: number) {
  return queryOptions({
    queryKey: ['own', 'template', templateId, version ?? 'newest'],
    queryFn: ({ signal }) => {
      const query = version === undefined ? {} : { version };
      return client.call(getTemplate, { params: { templateId }, query }, { signal });
    },
  });
}

/** The spec that a template makes of values, with secrets masked. */
export function templatePreviewQuery({ client }: App, templateId: string, body: TemplateRun) {
  return queryOptions({
    queryKey: ['own', 'template', templateId, 'preview', body],
    queryFn: ({ signal }) =>
      client.call(previewTemplate, { params: { templateId }, body }, { signal }),
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
