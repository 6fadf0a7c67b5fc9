import type { Clock } from '@node3/shared/clock';
import type { Env } from '@node3/shared/env';
import type { Ids } from '@node3/shared/ids';
import type { Keyring } from './keys/keyring.ts';

/** Where text goes. `write` resolves when the reader has room again, so a slow pipe slows us. */
export interface Output {
  readonly isTty: boolean;
  /** Width of the terminal, or null where there is none. */
  readonly columns: number | null;
  write(text: string): Promise<void>;
}

/** `SIGPIPE`: whoever read our output has gone, as `head` does when it has seen enough. */
export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGPIPE';

/** Everything the command takes from the process it runs in. Tests pass their own. */
export interface Host {
  readonly argv: readonly string[];
  /** What to type to call this command, such as `npx node3`. */
  readonly command: string;
  readonly env: Env;
  readonly cwd: string;
  readonly homeDir: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly clock: Clock;
  /** When the command was started, on the clock's monotonic time. */
  readonly startedMs: number;
  readonly ids: Ids;
  /** Reads all of standard input, at most `bytesMax` bytes. */
  readStdin(bytesMax: number): Promise<Buffer>;
  /** Whether a person is at the terminal: both what is asked and what is typed go through it. */
  readonly canAsk: boolean;
  /** Asks that person for a line. @returns undefined where input ends instead. */
  readLine(question: string): Promise<string | undefined>;
  /** Asks the person at the terminal for a secret, which is not shown. Throws where there is nobody. */
  readSecret(prompt: string): Promise<Buffer>;
  /** The keyring of the person's session; null where there is none. */
  openKeyring(): Promise<Keyring | null>;
  /** While a listener is there, Ctrl-C and SIGTERM no longer end the process. @returns its removal. */
  onInterrupt(listener: (signal: Interrupt) => void): () => void;
  /** Ends the process at once, whatever is still going on. */
  exit(code: number): void;
}
