import { assertNever } from '@node3/shared/assert';
import { isMarketError, MarketError } from '@node3/shared/error';
import type { FlowCondition } from '@node3/shared/flow-graph';
import { limits } from '@node3/shared/limits';
import { secretMask } from '@node3/shared/secret-mask';
import { holds } from '../domain/flow-condition.ts';
import type { StepEnd } from '../domain/flow-run-change.ts';
import { FilledTooLarge, textOf, withoutTexts } from '../domain/flow-values.ts';
import type { FlowError } from '../store/flow-store.ts';
import { checkDepth, filled, type NoteInput, type StepWork } from './flow-step-work.ts';
import { type FlowJobDeps, runFlowJob } from './run-flow-job.ts';
import { type FlowRequestDeps, sendFlowRequest } from './send-flow-request.ts';
import { waitUntil } from './wait-until.ts';

export interface FlowStepDeps extends FlowJobDeps, FlowRequestDeps {}

interface StepDone {
  output: unknown;
  branch?: string;
}

/**
 * Does one step. What goes wrong in it is its end; trouble with the store is thrown, and so is
 * anything once the signal is aborted.
 */
export async function runFlowStep(deps: FlowStepDeps, work: StepWork): Promise<StepEnd> {
  let input: unknown = null;
  const note: NoteInput = (given) => {
    input = shownInput(given);
  };
  const noteJob = (jobId: string) => work.noteJob(jobId, input);
  try {
    const { output, branch = null } = await doStep(deps, { ...work, noteJob }, note);
    checkDepth(output);
    // A server may answer with what it was sent.
    const shown = withoutTexts(output ?? null, Object.values(work.secrets), secretMask);
    checkOutput(shown);
    return { output: shown, branch, input };
  } catch (error) {
    if (work.signal.aborted) throw error;
    return { error: toFlowError(deps, work, error), input };
  }
}

async function doStep(deps: FlowStepDeps, work: StepWork, note: NoteInput): Promise<StepDone> {
  const { node, run } = work;
  switch (node.type) {
    case 'input':
      return { output: run.input };
    case 'output': {
      const { value } = node.config ?? {};
      const output = value === undefined ? incoming(work) : filled(work, value);
      note(output);
      return { output };
    }
    case 'transform': {
      const output = filled(work, node.config.value);
      note(output);
      return { output };
    }
    case 'condition':
      return decide(work, node.config, note);
    case 'wait': {
      const dueMs = work.startedAtMs + node.config.seconds * 1_000;
      note(node.config);
      await waitUntil(deps.clock, dueMs, work.signal);
      return { output: incoming(work) };
    }
    case 'http':
    case 'llm':
      return { output: await sendFlowRequest(deps, work, node, note) };
    case 'job':
      return { output: await runFlowJob(deps, work, node, note) };
    default:
      return assertNever(node);
  }
}

function decide(
  work: StepWork,
  { if: condition, switch: text }: { if?: FlowCondition; switch?: string },
  note: NoteInput,
): StepDone {
  const given = filled(work, condition ?? text);
  note(given);
  const found = condition === undefined ? given : holds(given as FlowCondition);
  return { output: found, branch: textOf(found).slice(0, limits.flowBranchChars) };
}

/** Outputs of the steps right before this one: of the only one, or by node id. */
function incoming({ run, node, values }: StepWork): unknown {
  const sources = run.graph.edges.filter(({ target }) => target === node.id);
  const outputs = sources
    .filter(({ source }) => values.steps.has(source))
    .map(({ source }) => [source, values.steps.get(source)] as const);
  const [only] = outputs;
  if (only === undefined) return run.input;
  return outputs.length === 1 ? only[1] : Object.fromEntries(outputs);
}

function checkOutput(output: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(output));
  if (bytes <= limits.flowOutputBytes) return;
  const detail = `The output has ${bytes} bytes as JSON; ${limits.flowOutputBytes} is the most.`;
  throw new MarketError('STEP_OUTPUT_TOO_LARGE', { detail });
}

function shownInput(input: unknown): unknown {
  const bytes = Buffer.byteLength(JSON.stringify(input ?? null));
  return bytes <= limits.flowTraceInputBytes ? input : { truncated: true, bytes };
}

/** Trouble that is not the run's, and passes: the step is tried again. */
const passing = ['STORE_UNAVAILABLE', 'STORAGE_FULL', 'MARKET_READ_ONLY'] as const;

function toFlowError(deps: FlowStepDeps, { run, node }: StepWork, error: unknown): FlowError {
  if (passing.some((code) => isMarketError(error, code))) throw error;
  if (error instanceof FilledTooLarge) {
    return { code: 'STEP_OUTPUT_TOO_LARGE', message: 'What the step was filled to is too large.' };
  }
  if (error instanceof MarketError && error.code !== 'INTERNAL') {
    const { detail: _, timeoutSec, elapsedSec, ...facts } = error.context;
    const context = withTexts(facts);
    return {
      code: error.code,
      message: error.message,
      ...(typeof timeoutSec === 'number' && { timeoutSec }),
      ...(typeof elapsedSec === 'number' && { elapsedSec }),
      ...(Object.keys(context).length > 0 && { context }),
    };
  }
  deps.log.error({ err: error, runId: run.runId, nodeId: node.id }, 'a step of a flow broke');
  return { code: 'INTERNAL', message: 'Something went wrong on our side.' };
}

/** Amounts are bigint here, and JSON has none. */
function withTexts(facts: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(facts, (_name, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}
