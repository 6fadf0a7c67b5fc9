import {
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import {
  errorText,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracingConfig,
} from './tracing.ts';

const kinds = { server: SpanKind.SERVER, internal: SpanKind.INTERNAL };

/** Sends spans to an OTLP/HTTP receiver in the background. Loaded only where tracing is on. */
export function createOtlpTracer(
  service: { name: string; version: string },
  config: TracingConfig & { endpoint: string },
): Tracer {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service.name,
      'service.version': service.version,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({
          url: `${config.endpoint.replace(/\/+$/, '')}/v1/traces`,
          headers: config.headers,
        }),
      }),
    ],
  });
  const tracer = provider.getTracer('node3', service.version);
  return {
    span(options) {
      const span = tracer.startSpan(
        options.name,
        {
          kind: kinds[options.kind],
          attributes: options.attributes ?? {},
          ...(options.startMs !== undefined && { startTime: options.startMs }),
        },
        contextOf(options),
      );
      return wrap(span);
    },
    async stop() {
      await provider.shutdown().catch(() => undefined);
    },
  };
}

function contextOf({ parent }: SpanOptions) {
  if (parent === null) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = '00'] = parent.split('-');
  const traceFlags = Number.parseInt(flags, 16);
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

function wrap(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    end({ error, endMs, attributes } = {}) {
      if (attributes !== undefined) span.setAttributes(attributes);
      if (error !== undefined) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: errorText(error) });
      }
      span.end(endMs);
    },
  };
}
