/** One call over IPC; see `load.ts`. */
interface Call {
  k: number;
  op: string;
  a?: Record<string, unknown>;
}

type Operation = (a: Record<string, unknown>) => unknown;

/** Serves a forked process's operations over IPC, and ends with the process that drives it. */
export function serveOperations(operations: Record<string, Operation>): void {
  const answer = async ({ k, op, a = {} }: Call): Promise<void> => {
    try {
      const result: unknown = await operations[op]?.(a);
      process.send?.({ k, r: result ?? null });
    } catch (error) {
      process.send?.({ k, e: error instanceof Error ? error.stack : String(error) });
    }
  };
  process.on('message', (call) => void answer(call as Call));
  process.on('disconnect', () => process.exit(0));
  process.send?.('up');
}
