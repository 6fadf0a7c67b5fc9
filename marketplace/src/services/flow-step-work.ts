import type { FlowNode } from '@node3/shared/flow-graph';
import { secretMask } from '@node3/shared/secret-mask';
import { type FlowPath, type FlowValues, fillValue, valueAt } from '../domain/flow-values.ts';
import type { FlowRunRow } from '../store/flow-store.ts';

/** One step that is to be done now. */
export interface StepWork {
  run: FlowRunRow;
  node: FlowNode;
  values: FlowValues;
  secrets: Readonly<Record<string, string>>;
  startedAtMs: number;
  /** It was under way when an earlier process ended. */
  resumed: boolean;
  /** Aborted when the run is over, or the service stops. */
  signal: AbortSignal;
  /** Stores the job of the step. */
  noteJob(jobId: string): Promise<void>;
}

/** Takes what a step was given, without secrets, for the trace. */
export type NoteInput = (input: unknown) => void;

export function filled(work: Pick<StepWork, 'values'>, template: unknown): unknown {
  return fillValue(template, (path) => valueAt(work.values, path));
}

/** As `filled`, with secrets in their places, or masks of them. */
export function filledWithSecrets(
  { values, secrets }: Pick<StepWork, 'values' | 'secrets'>,
  template: unknown,
  how: 'shown' | 'masked',
): unknown {
  return fillValue(template, (path: FlowPath) => {
    const [root, name] = path;
    if (root !== 'secret') return valueAt(values, path);
    return how === 'masked' ? secretMask : (secrets[String(name)] ?? null);
  });
}
