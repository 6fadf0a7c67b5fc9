import { MarketError } from '@node3/shared/error';
import type { FlowNode } from '@node3/shared/flow-graph';
import { limits } from '@node3/shared/limits';
import { secretMask } from '@node3/shared/secret-mask';
import { type FlowPath, type FlowValues, fillValue, valueAt } from '../domain/flow-values.ts';
import type { FlowRunRow } from '../store/flow-store.ts';
import { isDeeperThan } from './json-depth.ts';

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
  /** Stores the job of the step, and what the step was given. */
  noteJob(jobId: string, input?: unknown): Promise<void>;
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

/** Throws STEP_OUTPUT_TOO_LARGE for what is nested too deep to be looked at. */
export function checkDepth(output: unknown): void {
  if (!isDeeperThan(output, limits.jsonDepthMax)) return;
  const detail = `The output is nested deeper than ${limits.jsonDepthMax} levels.`;
  throw new MarketError('STEP_OUTPUT_TOO_LARGE', { detail });
}
