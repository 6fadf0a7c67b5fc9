import type { JobSpecInput, Language } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { type Asset, parseAmount } from '@node3/shared/money';
import { CommandSyntaxError, splitCommand } from '../../shell-command.ts';

/** What the form holds: text as it was typed. */
export interface JobDraft {
  kind: 'script' | 'container';
  name: string;
  language: Language;
  code: string;
  command: string;
  image: string;
  gpuCount: string;
  gpuModel: string;
  runSec: string;
  reward: string;
  asset: Asset;
}

export type DraftField = Exclude<keyof JobDraft, 'kind' | 'asset'>;

/** Keys of the texts that say what is wrong with a field. */
export type DraftProblem = 'required' | 'quotes' | 'integer' | 'amount' | 'amountZero';

export const emptyDraft: JobDraft = {
  kind: 'script',
  name: '',
  language: 'python',
  code: 'import json\n\nprint("hello from node3")\nprint(json.dumps({"answer": 42}))\n',
  command: '',
  image: '',
  gpuCount: '0',
  gpuModel: '',
  runSec: String(limits.runSecDefault),
  reward: '0.001',
  asset: 'SOL',
};

/** What can be said about the draft without asking the marketplace. */
export function checkDraft(draft: JobDraft): Partial<Record<DraftField, DraftProblem>> {
  const problems: Partial<Record<DraftField, DraftProblem>> = {};
  if (draft.kind === 'script' && draft.code.trim() === '') problems.code = 'required';
  if (draft.kind === 'container') {
    const problem = checkCommand(draft.command);
    if (problem !== null) problems.command = problem;
    if (draft.command.trim() === '' && draft.image.trim() === '') problems.image = 'required';
  }
  if (!/^\d{1,3}$/.test(draft.gpuCount)) problems.gpuCount = 'integer';
  if (!/^[1-9]\d{0,8}$/.test(draft.runSec)) problems.runSec = 'integer';
  try {
    if (parseAmount(draft.reward.trim(), draft.asset) === 0n) problems.reward = 'amountZero';
  } catch {
    problems.reward = 'amount';
  }
  return problems;
}

function checkCommand(command: string): DraftProblem | null {
  try {
    splitCommand(command);
    return null;
  } catch (error) {
    if (error instanceof CommandSyntaxError) return 'quotes';
    throw error;
  }
}

/** The body that is posted: only what was filled in. Wants a draft without problems. */
export function draftToSpec(draft: JobDraft): JobSpecInput {
  const image = draft.image.trim() === '' ? {} : { image: draft.image.trim() };
  const name = draft.name.trim() === '' ? {} : { name: draft.name.trim() };
  const command = splitCommand(draft.command);
  const count = Number(draft.gpuCount);
  const models = draft.gpuModel === '' ? {} : { models: [draft.gpuModel] };
  return {
    ...name,
    workload:
      draft.kind === 'script'
        ? { kind: 'script', language: draft.language, code: draft.code, ...image }
        : { kind: 'container', ...image, ...(command.length === 0 ? {} : { command }) },
    ...(count === 0 ? {} : { resources: { gpus: { count, ...models } } }),
    limits: { runSec: Number(draft.runSec) },
    price: { kind: 'fixed', reward: { amount: draft.reward.trim(), asset: draft.asset } },
  };
}

const fieldByPointer: [prefix: string, field: DraftField][] = [
  ['/name', 'name'],
  ['/workload/language', 'language'],
  ['/workload/code', 'code'],
  ['/workload/command', 'command'],
  ['/workload/image', 'image'],
  ['/resources/gpus/models', 'gpuModel'],
  ['/resources/gpus', 'gpuCount'],
  ['/limits/runSec', 'runSec'],
  ['/price', 'reward'],
];

/** The field that a JSON pointer of a problem is about; null when the form has none for it. */
export function fieldOfPointer(pointer: string): DraftField | null {
  const found = fieldByPointer.find(
    ([prefix]) => pointer === prefix || pointer.startsWith(`${prefix}/`),
  );
  return found?.[1] ?? null;
}

/**
 * The idempotency key of a body: the same body sent again, such as after a lost answer, carries the
 * same key and can't pay twice; a changed body gets a new one.
 */
export class IdempotencyKeys {
  readonly #next: () => string;
  #last: { body: string; key: string } | null = null;

  constructor(next: () => string) {
    this.#next = next;
  }

  keyFor(body: unknown): string {
    const text = JSON.stringify(body);
    if (this.#last?.body !== text) this.#last = { body: text, key: this.#next() };
    return this.#last.key;
  }

  /** After success: posting the same job again is then meant as a second job. */
  forget(): void {
    this.#last = null;
  }
}
