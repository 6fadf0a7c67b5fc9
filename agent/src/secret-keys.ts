import type { AgentSecretKey } from '@node3/shared/device';
import type { Ids } from '@node3/shared/ids';
import { boxContext, JobSecrets } from '@node3/shared/job-secrets';
import type { ExecutionOffer } from '@node3/shared/routes/agents';
import { strictObject } from '@node3/shared/schema';
import { createBoxKey, openBox } from '@node3/shared/sealed-box';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { readPrivateFile, writePrivateFile } from './secrets.ts';

const StoredKeys = Type.Array(
  strictObject({ keyId: Type.String(), publicKey: Type.String(), privateKey: Type.String() }),
);
type StoredKey = Static<typeof StoredKeys>[number];

const none: JobSecrets = { env: {}, files: {}, parts: [] };

/**
 * The keys that secrets of jobs are sealed to. Each start makes a new one; older ones stay as long as
 * an open execution needs them, and then nobody can open what was sent any more.
 */
export class SecretKeys {
  readonly #path: string;
  readonly #ids: Ids;
  readonly #write: typeof writePrivateFile;
  #keys: readonly StoredKey[] = [];

  constructor(path: string, ids: Ids, write = writePrivateFile) {
    this.#path = path;
    this.#ids = ids;
    this.#write = write;
  }

  /** Makes a new key and forgets those that are not used. It is on disk when this resolves. */
  async rotate(usedIds: ReadonlySet<string>): Promise<void> {
    const stored = this.#keys.length > 0 ? this.#keys : await this.#read();
    const fresh = { keyId: this.#ids.secret(12), ...createBoxKey() };
    const keys = [fresh, ...stored.filter(({ keyId }) => usedIds.has(keyId))];
    await this.#write(this.#path, `${JSON.stringify(keys)}\n`);
    this.#keys = keys;
  }

  /** What offers are to be sealed to; null before the first `rotate`. */
  get current(): AgentSecretKey | null {
    const [key] = this.#keys;
    return key === undefined ? null : { keyId: key.keyId, publicKey: key.publicKey };
  }

  /** The secrets in an offer; null when they can't be opened. */
  open({ executionId, secrets }: ExecutionOffer): JobSecrets | null {
    if (secrets === undefined) return none;
    const key = this.#keys.find(({ keyId }) => keyId === secrets.keyId);
    if (key === undefined) return null;
    try {
      const opened: unknown = JSON.parse(openBox(key, boxContext(executionId), secrets.box));
      return Check(JobSecrets, opened) ? opened : null;
    } catch {
      return null;
    }
  }

  /** A damaged file is as good as none: its keys are lost either way. */
  async #read(): Promise<readonly StoredKey[]> {
    const text = await readPrivateFile(this.#path);
    try {
      const keys: unknown = JSON.parse(text ?? '[]');
      return Check(StoredKeys, keys) ? keys : [];
    } catch {
      return [];
    }
  }
}
