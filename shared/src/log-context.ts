import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line says that is written while something is done, however deep inside. */
export interface LogContext {
  requestId?: string;
  jobId?: string;
  executionId?: string;
  /** The span under which it is done, where tracing is on. */
  traceparent?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs with these fields, and with those that hold already. */
export function withLogContext<Result>(fields: LogContext, run: () => Result): Result {
  return storage.run({ ...storage.getStore(), ...fields }, run);
}

/** The fields that hold now. */
export function currentLogContext(): LogContext {
  return storage.getStore() ?? {};
}

/** The span under which it is done; null without one. */
export function currentTraceparent(): string | null {
  return storage.getStore()?.traceparent ?? null;
}
