import { encodeCrockford, type IdKind, type Ids, idKinds } from '../ids.ts';

/** Ids 1, 2, 3… of each kind: the same run gives the same ids. */
export class SequentialIds implements Ids {
  #count = 0;
  next(kind: IdKind): string {
    return `${idKinds[kind]}_${this.#encode()}`;
  }
  secret(bytes: number): string {
    return this.#encode().padEnd(Math.ceil((bytes * 4) / 3), 'x');
  }
  #encode(): string {
    this.#count += 1;
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint32(12, this.#count);
    return encodeCrockford(bytes);
  }
}
