import { type Extent, type Schema, sampleOf } from './sample-of.ts';

interface Media {
  schema?: Schema;
  example?: unknown;
}

interface Operation {
  operationId?: string;
  requestBody?: { content?: Record<string, Media> };
  responses?: Record<string, { content?: Record<string, Media> }>;
}

export interface OpenApi {
  paths?: Record<string, Record<string, Operation>>;
}

/** Gives each operation an id, such as `postApiV1JobsByJobIdCancel`, and an example of what goes in and out. */
export function completeOpenApi<Document extends object>(document: Document): Document {
  const { paths = {} } = document as OpenApi;
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      operation.operationId = idOf(method, path);
      addExamples(operation.requestBody?.content, 'required');
      for (const { content } of Object.values(operation.responses ?? {})) {
        addExamples(content, 'all');
      }
    }
  }
  return document;
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
