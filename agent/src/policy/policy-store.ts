import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type Said, say } from '@node3/shared/agent-sentences';
import { MarketError } from '@node3/shared/error';
import { isNotFound } from '@node3/shared/file-error';
import { limits } from '@node3/shared/limits';
import type { PolicyFile, PolicyKey, ProviderPolicy } from '@node3/shared/provider-policy';
import { writePrivateFile } from '../secrets.ts';
import { PolicyError, PolicyUnusableError, sayPolicyError } from './policy-error.ts';
import { readPolicy } from './read-policy.ts';

export interface PolicyChange {
  set?: PolicyFile | undefined;
  /** Back to their defaults. */
  unset?: readonly PolicyKey[] | undefined;
  /** The version that is to be changed; absent: whichever there is. */
  ifVersion?: string | undefined;
}

/** The policy's file and what holds because of it. */
export class PolicyStore {
  readonly path: string;
  readonly defaults: ProviderPolicy;
  #file: PolicyFile = {};
  #text: string | null = null;
  #problem: Said | null = null;
  /** What is done to the file and to what is kept of it, one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(path: string, defaults: ProviderPolicy) {
    this.path = path;
    this.defaults = defaults;
  }

  /** @throws PolicyUnusableError: an agent never starts with a policy that it can't read. */
  static async open(path: string, defaults: ProviderPolicy): Promise<PolicyStore> {
    const store = new PolicyStore(path, defaults);
    await store.reload();
    if (store.#problem === null) return store;
    throw new PolicyUnusableError(path, store.#problem);
  }

  /** What stands in the file. */
  get file(): PolicyFile {
    return this.#file;
  }

  /** Another one whenever the text of the file is. */
  get version(): string {
    if (this.#text === null) return 'none';
    return createHash('sha256').update(this.#text).digest('hex').slice(0, 32);
  }

  /** What holds. */
  get current(): ProviderPolicy {
    return { ...this.defaults, ...this.#file };
  }

  /** Why the file can't be used; what held before goes on holding. */
  get problem(): Said | null {
    return this.#problem;
  }

  /** Looks whether somebody has edited the file. @returns whether anything changed. */
  reload(): Promise<boolean> {
    return this.#inTurn(() => this.#reload());
  }

  /** One change after another. @throws ConfigError or RESOURCE_CHANGED, with nothing changed. */
  change(change: PolicyChange): Promise<void> {
    return this.#inTurn(() => this.#change(change));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #reload(): Promise<boolean> {
    const before = this.#problem;
    try {
      const text = await readText(this.path);
      if (text === this.#text && before === null) return false;
      const file = text === null ? {} : readPolicy(parse(text));
      const changed = text !== this.#text || before !== null;
      this.#file = file;
      this.#text = text;
      this.#problem = null;
      return changed;
    } catch (error) {
      this.#problem = sayPolicyError(error);
      return this.#problem.text !== before?.text;
    }
  }

  async #change({ set = {}, unset = [], ifVersion }: PolicyChange): Promise<void> {
    await this.#reload();
    if (this.#problem !== null) {
      throw new PolicyUnusableError(this.path, this.#problem);
    }
    if (ifVersion !== undefined && ifVersion !== this.version) {
      throw new MarketError('RESOURCE_CHANGED', { version: this.version });
    }
    const entries = Object.entries({ ...this.#file, ...set });
    const kept = entries.filter(([key]) => !unset.some((name) => name === key));
    const file = readPolicy(Object.fromEntries(kept));
    const text = `${JSON.stringify(file, null, 2)}\n`;
    await writePrivateFile(this.path, text);
    this.#file = file;
    this.#text = text;
  }
}

/** @throws PolicyError when the file is longer than any policy. */
async function readText(path: string): Promise<string | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      if (size > limits.policyBytes) {
        throw new PolicyError(say('policyTooLong', { bytes: size, most: limits.policyBytes }));
      }
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new PolicyError(say('policyNoJson', { cause }));
  }
}
