import type { Env } from './env.ts';
import { ConfigError, readOptionalText } from './env.ts';
import { redactLine } from './log-redaction.ts';

export interface SpanOptions {
  name: string;
  kind: 'server' | 'internal';
  /** The span that it belongs to; null begins a trace. */
  parent: string | null;
  /** When it began, milliseconds since the epoch; now when absent. */
  startMs?: number;
  attributes?: Record<string, string | number>;
}

export interface SpanEnd {
  /** Why it failed; absent: it did not. */
  error?: unknown;
  endMs?: number;
  attributes?: Record<string, string | number>;
}

export interface Span {
  /** What those who go on with it are told. */
  readonly traceparent: string;
  end(end?: SpanEnd): void;
}

export interface Tracer {
  span(options: SpanOptions): Span;
  /** Sends what has gathered. Resolves though nobody takes it. */
  stop(): Promise<void>;
}

export interface TracingConfig {
  /** Base address of an OTLP/HTTP receiver; null sends nothing. */
  endpoint: string | null;
  headers: Record<string, string>;
  /** Share of the traces begun here that are kept, 0 to 1. */
  ratio: number;
}

export const tracingOff: TracingConfig = { endpoint: null, headers: {}, ratio: 1 };

/** OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS and OTEL_TRACES_SAMPLER_ARG. */
export function readTracing(env: Env): TracingConfig {
  const endpoint = readOptionalText(env, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const headers = readOptionalText(env, 'OTEL_EXPORTER_OTLP_HEADERS') ?? '';
  const share = readOptionalText(env, 'OTEL_TRACES_SAMPLER_ARG') ?? '1';
  if (endpoint !== null && !/^https?:\/\//.test(endpoint)) {
    const fix = 'Set an address such as http://127.0.0.1:4318.';
    throw new ConfigError('OTEL_EXPORTER_OTLP_ENDPOINT', 'is no address', fix);
  }
  const ratio = Number(share);
  if (!(ratio >= 0 && ratio <= 1)) {
    const fix = 'Set a share such as 0.1, for one trace in ten.';
    throw new ConfigError('OTEL_TRACES_SAMPLER_ARG', `is "${share}"`, fix);
  }
  return { endpoint, headers: readHeaders(headers), ratio };
}

function readHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
      const fix = 'Set pairs such as authorization=Bearer%20token, separated by commas.';
      throw new ConfigError('OTEL_EXPORTER_OTLP_HEADERS', 'has a part without "="', fix);
    }),
  );
}

/** The tracer of a process; null while tracing is off, and then none of its code is loaded. */
export async function openTracer(
  service: { name: string; version: string },
  config: TracingConfig,
): Promise<Tracer | null> {
  if (config.endpoint === null) return null;
  const { createOtlpTracer } = await import('./otlp-tracer.ts');
  return createOtlpTracer(service, { ...config, endpoint: config.endpoint });
}

/** Runs inside a span; without a tracer, or without a trace to belong to, it just runs. */
export async function traced<Result>(
  tracer: Tracer | null,
  options: SpanOptions & { parent: string | null },
  run: (traceparent: string | null) => Promise<Result>,
): Promise<Result> {
  if (tracer === null || options.parent === null) return run(options.parent);
  const span = tracer.span(options);
  try {
    const result = await run(span.traceparent);
    span.end();
    return result;
  } catch (error) {
    span.end({ error });
    throw error;
  }
}

/** What went wrong, in words that hold no secret and are not endless. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return redactLine(text).slice(0, 500);
}
