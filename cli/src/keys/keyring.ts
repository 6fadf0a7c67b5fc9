/**
 * The operating system's own store of secrets, as the person unlocked it at login. Everything goes
 * through its program, so a call may take as long as that program does.
 */
export interface Keyring {
  /** What it is called, for people. */
  readonly name: string;
  /** @returns null where it has no such entry, or does not give it. */
  read(entry: string): string | null;
  /** @returns whether it is kept. `label` is what the person sees in the keyring's own window. */
  write(entry: string, secret: string, label: string): boolean;
  remove(entry: string): void;
}
