import { problemAnswers, problemSchema, seedProblemAnswers } from './problem-answers.ts';
import { type Extent, type Schema, sampleOf } from './sample-of.ts';

interface Media {
  schema?: Schema;
  example?: unknown;
}

interface Answer {
  $ref?: string;
  description?: string;
  content?: Record<string, Media>;
}

interface Operation {
  operationId?: string;
  tags?: string[];
  requestBody?: { content?: Record<string, Media> };
  responses?: Record<string, Answer>;
}

export interface OpenApi {
  paths?: Record<string, Record<string, Operation>>;
  components?: { responses?: Record<string, unknown> };
}

const seedTags = ['bacalhau', 'galaksio', 'node3'];

/**
 * Gives each operation an id, such as `postApiV1JobsByJobIdCancel`, an example of what goes in and
 * out, and the form of its refusals.
 */
export function completeOpenApi<Document extends object>(document: Document): Document {
  const openApi = withoutDiscriminators(document) as Document & OpenApi;
  for (const [path, operations] of Object.entries(openApi.paths ?? {})) {
    for (const [method, operation] of Object.entries(operations)) {
      operation.operationId = idOf(method, path);
      addExamples(operation.requestBody?.content, 'required');
      for (const { content } of Object.values(operation.responses ?? {})) {
        addExamples(content, 'all');
      }
      const isSeed = operation.tags?.some((tag) => seedTags.includes(tag)) === true;
      operation.responses = {
        ...operation.responses,
        ...(isSeed ? seedProblemAnswers : problemAnswers),
      };
    }
  }
  const content = { 'application/problem+json': { schema: problemSchema } };
  addExamples(content, 'all');
  openApi.components = {
    ...openApi.components,
    responses: { Problem: { description: 'Refused, or not carried out', content } },
  };
  return openApi;
}

/**
 * Validation here tells the members of a union apart by one field. In OpenAPI a discriminator
 * selects schemas by their names, and ours have none; each says by a constant which it is.
 */
function withoutDiscriminators(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDiscriminators);
  if (typeof value !== 'object' || value === null) return value;
  const isUnion = 'oneOf' in value && 'discriminator' in value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(isUnion && key === 'discriminator'))
      .map(([key, part]) => [key, withoutDiscriminators(part)]),
  );
}

function addExamples(content: Record<string, Media> | undefined, extent: Extent): void {
  for (const media of Object.values(content ?? {})) {
    if (media.schema !== undefined) media.example = sampleOf(media.schema, extent);
  }
}

function idOf(method: string, path: string): string {
  const words = path
    .replaceAll(/\{(\w+)\}/g, 'by/$1')
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '');
  const named = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return method + named.join('');
}
