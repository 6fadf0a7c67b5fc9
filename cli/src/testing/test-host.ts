import { systemClock } from '@node3/shared/clock';
import type { Env } from '@node3/shared/env';
import type { Ids } from '@node3/shared/ids';
import { SequentialIds } from '@node3/shared/testing/sequential-ids';
import type { Host, Interrupt } from '../host.ts';
import type { Keyring } from '../keys/keyring.ts';

export interface TestHostOptions {
  argv: readonly string[];
  command?: string;
  env?: Env;
  cwd?: string;
  isTty?: boolean;
  stdin?: string;
  /** Sequential by default: each host begins with the same ones. */
  ids?: Ids;
  /** What the person types when asked for secrets, in order. */
  secrets?: readonly string[];
  /** What the person types when asked for lines; without, there is nobody to ask. */
  answers?: readonly string[];
  /** None by default: keys stand in the configuration file. */
  keyring?: Keyring;
}

/** A host that keeps what is written and lets the test press Ctrl-C. */
export class TestHost implements Host {
  readonly argv: readonly string[];
  readonly command: string;
  readonly env: Env;
  readonly cwd: string;
  readonly homeDir = '/nonexistent';
  readonly clock = systemClock;
  readonly startedMs = systemClock.monotonicMs();
  readonly ids: Ids;
  readonly stdout;
  readonly stderr;
  out = '';
  err = '';
  exited: number[] = [];
  readonly #listeners = new Set<(signal: Interrupt) => void>();
  readonly canAsk: boolean;
  readonly #answers: string[];
  readonly #stdin: string;
  readonly #secrets: string[];
  readonly #keyring: Keyring | null;

  constructor(options: TestHostOptions) {
    this.argv = options.argv;
    this.command = options.command ?? 'node3';
    this.env = options.env ?? {};
    this.ids = options.ids ?? new SequentialIds();
    this.cwd = options.cwd ?? '/nonexistent';
    this.#stdin = options.stdin ?? '';
    this.canAsk = options.answers !== undefined;
    this.#answers = [...(options.answers ?? [])];
    this.#secrets = [...(options.secrets ?? [])];
    this.#keyring = options.keyring ?? null;
    const isTty = options.isTty ?? false;
    const columns = isTty ? 80 : null;
    this.stdout = {
      isTty,
      columns,
      write: async (text: string) => {
        this.out += text;
      },
    };
    this.stderr = {
      isTty,
      columns,
      write: async (text: string) => {
        this.err += text;
      },
    };
  }

  async readStdin(): Promise<Buffer> {
    return Buffer.from(this.#stdin);
  }

  async readLine(question: string): Promise<string | undefined> {
    this.err += question;
    return this.#answers.shift();
  }

  async readSecret(prompt: string): Promise<Buffer> {
    this.err += prompt;
    const secret = this.#secrets.shift();
    if (secret === undefined) throw new Error(`nobody answers: ${prompt}`);
    return Buffer.from(secret);
  }

  async openKeyring(): Promise<Keyring | null> {
    return this.#keyring;
  }

  onInterrupt(listener: (signal: Interrupt) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  interrupt(signal: Interrupt = 'SIGINT'): void {
    for (const listener of this.#listeners) listener(signal);
  }

  exit(code: number): void {
    this.exited.push(code);
  }
}
