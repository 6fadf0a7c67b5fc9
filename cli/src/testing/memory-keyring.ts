import type { Keyring } from '../keys/keyring.ts';

/** A keyring that the test can look into and lock. */
export class MemoryKeyring implements Keyring {
  readonly name = 'keyring of the test';
  readonly entries = new Map<string, string>();
  locked = false;

  read(entry: string): string | null {
    return this.locked ? null : (this.entries.get(entry) ?? null);
  }

  write(entry: string, secret: string): boolean {
    if (!this.locked) this.entries.set(entry, secret);
    return !this.locked;
  }

  remove(entry: string): void {
    this.entries.delete(entry);
  }
}
