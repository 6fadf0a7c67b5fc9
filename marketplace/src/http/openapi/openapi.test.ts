import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestMarketplace, type TestMarketplace } from '../../testing/test-marketplace.ts';

interface Media {
  schema: TSchema;
  example?: unknown;
}

interface Operation {
  operationId: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

let market: TestMarketplace;
let source: string;
let operations: { name: string; path: string; operation: Operation }[];

beforeAll(async () => {
  market = await startTestMarketplace();
  const response = await fetch(`${market.url}/openapi.json`);
  source = await response.text();
  const { paths } = JSON.parse(source) as { paths: Record<string, Record<string, Operation>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      path,
      operation,
    })),
  );
});
afterAll(() => market.stop());

const problemsOf = (media: Media | undefined, name: string): string[] => {
  if (media === undefined) return [];
  if (media.example === undefined) return [`${name}: no example`];
  return Errors(media.schema, media.example).map(
    ({ instancePath, message }) => `${name}: ${instancePath} ${message}`,
  );
};

describe('OpenAPI', () => {
  it('[2.33] has an example for each request and answer that fits its own schema', () => {
    expect(operations.length).toBeGreaterThan(100);
    const problems = operations.flatMap(({ name, operation }) => [
      ...problemsOf(operation.requestBody?.content['application/json'], `${name} request`),
      ...Object.entries(operation.responses).flatMap(([status, { content }]) =>
        problemsOf(content?.['application/json'], `${name} ${status}`),
      ),
    ]);
    expect(problems).toEqual([]);
    expect(problemsOf({ schema: { type: 'integer' }, example: 'x' }, 'a wrong one')).toHaveLength(
      1,
    );
  });

  it('names each operation once, and says what it does, for whom and with which parts', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const problems = operations.flatMap(({ name, path, operation }) => {
      const { summary, tags, security, parameters = [], responses } = operation;
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part);
      const declared = parameters.filter((part) => part.in === 'path' && part.required === true);
      return [
        ...(summary ? [] : [`${name}: no summary`]),
        ...(tags?.length === 1 ? [] : [`${name}: not one tag`]),
        ...(security === undefined ? [`${name}: no security`] : []),
        ...(Object.keys(responses).some((status) => status < '300') ? [] : [`${name}: no answer`]),
        ...(declared.length === inPath.length ? [] : [`${name}: parts of the path`]),
      ];
    });
    expect(problems).toEqual([]);
  });

  it('passes a linter that knows nothing of us', async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const lint = async (text: string) => {
      const problems = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
      return problems.map(
        ({ ruleId, message, location: [at] }) => `${ruleId} at ${at?.pointer}: ${message}`,
      );
    };
    expect(await lint(source)).toEqual([]);
    const bare = { openapi: '3.1.0', paths: { '/a': { get: { responses: {} } } } };
    const problems = await lint(JSON.stringify(bare));
    expect(problems.some((text) => text.startsWith('operation-4xx'))).toBe(true);
    // It looks at every word of some hundred routes.
  }, 90_000);
});
