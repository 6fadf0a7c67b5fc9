import { type IdKind, idPattern } from '@node3/shared/ids';
import type { Language } from '@node3/shared/job-spec';
import { isScriptLanguage } from '../../parts/code-editor/code-language.ts';

/** What the addresses of these pages hold; what the API doesn't understand is dropped. */
type Search = Record<string, unknown>;

export interface NewJobSearch {
  /** The job that is to be run again with changes. */
  from?: string;
  template?: string;
  snippet?: string;
  /** An agent that is to run it, and a class of its GPUs by catalogue id. */
  agent?: string;
  gpu?: string;
}

const startKinds = {
  from: 'job',
  template: 'template',
  snippet: 'snippet',
} as const satisfies Partial<Record<keyof NewJobSearch, IdKind>>;

/** One beginning; the first that is there counts. */
export function readNewJobSearch(search: Search): NewJobSearch {
  const found = Object.entries(startKinds).find(([name, kind]) => isId(search[name], kind));
  return found === undefined ? readOffer(search) : { [found[0]]: search[found[0]] };
}

const modelId = /^[a-z0-9][a-z0-9-]{0,63}$/;

function readOffer({ agent, gpu }: Search): NewJobSearch {
  if (!isId(agent, 'agent')) return {};
  return { agent, ...(typeof gpu === 'string' && modelId.test(gpu) && { gpu }) };
}

function isId(value: unknown, kind: IdKind): value is string {
  return typeof value === 'string' && new RegExp(idPattern(kind)).test(value);
}

export interface TemplatesSearch {
  tab?: 'own';
  q?: string;
  tag?: string;
  archived?: true;
  sort?: 'uses';
  cursor?: string;
}

export function readTemplatesSearch({
  tab,
  q,
  tag,
  archived,
  sort,
  cursor,
}: Search): TemplatesSearch {
  return {
    ...(tab === 'own' && { tab }),
    ...(isQuestion(q) && { q }),
    ...(typeof tag === 'string' && /^[a-z0-9][a-z0-9-]{0,31}$/.test(tag) && { tag }),
    ...(archived === true && { archived }),
    ...(sort === 'uses' && { sort }),
    ...(isCursor(cursor, sort) && { cursor }),
  };
}

/** The most used first: a place among them begins with the id and ends with the number of uses. */
function isCursor(value: unknown, sort: unknown): value is string {
  if (typeof value !== 'string') return false;
  return sort === 'uses'
    ? isId(value.replace(/\.\d{1,15}$/, ''), 'template') && value.includes('.')
    : isId(value, 'template');
}

export interface TemplateSearch {
  version?: number;
}

export function readTemplateSearch({ version }: Search): TemplateSearch {
  return typeof version === 'number' && Number.isInteger(version) && version > 0 ? { version } : {};
}

export interface SnippetsSearch {
  q?: string;
  language?: Language;
  cursor?: string;
}

export function readSnippetsSearch({ q, language, cursor }: Search): SnippetsSearch {
  return {
    ...(isQuestion(q) && { q }),
    ...(typeof language === 'string' && isScriptLanguage(language) && { language }),
    ...(isId(cursor, 'snippet') && { cursor }),
  };
}

function isQuestion(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 128;
}
