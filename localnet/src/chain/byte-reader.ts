import bs58 from 'bs58';

/** The bytes are not what they claim to be: too short, too long or out of range. */
export class WireFormatError extends Error {
  override readonly name = 'WireFormatError';
}

/** Reads Solana's wire encoding front to back and never past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** A copy, so that what a record keeps does not pin the whole request body. */
  take(length: number): Uint8Array {
    return this.#bytes.slice(this.#skip(length), this.#offset);
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#skip(8), true);
  }

  address(): string {
    return bs58.encode(this.take(32));
  }

  /** Solana's "compact-u16": seven bits a byte, at most three bytes. */
  compactU16(): number {
    let value = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      const byte = this.u8();
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new WireFormatError('a length takes more than three bytes');
  }

  indexes(count: number): number[] {
    return [...this.take(count)];
  }

  expectEnd(): void {
    if (this.remaining !== 0) throw new WireFormatError(`${this.remaining} bytes left over`);
  }

  #skip(length: number): number {
    if (length > this.remaining) throw new WireFormatError('unexpected end of the data');
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}
