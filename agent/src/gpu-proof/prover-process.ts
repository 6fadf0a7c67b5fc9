import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ProofPlan } from '@node3/shared/gpu-proof/proof-plan';
import type { WireOpening } from '@node3/shared/gpu-proof/wire-opening';
import { ProofError } from './proof-error.ts';
import type { ProverAnswer, ProverRequest } from './prover/messages.ts';

export interface ProverOptions {
  /** What the process sees of the agent's environment. */
  environment: Readonly<Record<string, string | undefined>>;
  adapterName: string | null;
  software: 'refused' | 'allowed';
}

/** Where drivers and loaders are found; nothing else of the agent's environment reaches the prover. */
const inheritedNames =
  /^(PATH|HOME|LD_LIBRARY_PATH|TMPDIR|XDG_RUNTIME_DIR|SystemRoot|TEMP|TMP|windir|VK_[A-Z_]+|NODE_COMPILE_CACHE)$/;

type AnswerTo<Type extends string> = Extract<ProverAnswer, { type: Type }>;

/** The prover of one device, in a process of its own. Every call throws ProofError. */
export class ProverProcess {
  readonly #options: ProverOptions;
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #said = '';

  constructor(options: ProverOptions) {
    this.#options = options;
    const main = fileURLToPath(new URL('./prover/main.ts', import.meta.url));
    const kept = Object.entries(options.environment).filter(([name]) => inheritedNames.test(name));
    const child = spawn(process.execPath, [main], {
      env: Object.fromEntries(kept),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    const keep = (chunk: Buffer) => {
      this.#said = `${this.#said}${chunk.toString()}`.slice(-saidCharactersMax);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    // The end of its answers says it all.
    child.stdin?.on('error', () => undefined);
    child.on('error', () => undefined);
    this.#answers = createInterface({ input: child.stdio[3] as Readable })[Symbol.asyncIterator]();
  }

  fillMemory(plan: ProofPlan, key: Uint32Array): Promise<AnswerTo<'filled'>> {
    const { adapterName, software } = this.#options;
    const request = { type: 'fill', plan, fillKey: hexOf(key), adapterName, software } as const;
    return this.#ask(request, 'filled');
  }

  walk(key: Uint32Array): Promise<AnswerTo<'walked'>> {
    return this.#ask({ type: 'walk', walkKey: hexOf(key) }, 'walked');
  }

  async open(lanes: readonly number[]): Promise<WireOpening[]> {
    return (await this.#ask({ type: 'open', lanes: [...lanes] }, 'opened')).openings;
  }

  /** Ends the process, whatever it does; its memory on the device is free again. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #ask<Type extends ProverAnswer['type']>(
    request: ProverRequest,
    wanted: Type,
  ): Promise<AnswerTo<Type>> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new ProofError('prover-failed', this.#lastWords());
    const answer = JSON.parse(value) as ProverAnswer;
    if (answer.type === 'failed') throw new ProofError(answer.failure, answer.detail);
    if (answer.type !== wanted) throw new ProofError('prover-failed', `It said ${answer.type}.`);
    return answer as AnswerTo<Type>;
  }

  #lastWords(): string {
    const said = this.#said.trim().split('\n').at(-1) ?? '';
    return `The prover ended without an answer. ${said}`.trim();
  }
}

const saidCharactersMax = 4_096;

/** The words as the prover reads them: little-endian bytes. */
function hexOf(words: Uint32Array): string {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => {
    bytes.writeUInt32LE(word, index * 4);
  });
  return bytes.toString('hex');
}
