import type { Readable } from 'node:stream';

/**
 * Where the bytes of artifacts lie. What they are called, whose they are and which of their parts
 * have come is known by `Store`; here is only what a key names. A promise that resolves means that
 * the bytes survive a power cut.
 */
export interface BlobStore {
  readonly kind: 'disk' | 's3';
  /** Begins a blob of parts. @returns what the store calls it until it is complete. */
  begin(key: string): Promise<string>;
  /**
   * Keeps one part; the same part again replaces it. Reads `body` no faster than it is kept.
   * Rejects with REQUEST_INVALID when it does not have exactly `part.bytes`.
   * @returns what `complete` needs to know of the part.
   */
  writePart(blob: BlobHandle, part: BlobPart, body: AsyncIterable<Uint8Array>): Promise<string>;
  /** Makes one blob of all its parts. Once more it changes nothing. */
  complete(blob: BlobHandle, parts: readonly KeptPart[]): Promise<void>;
  /** Forgets the parts of a blob that is not complete. Unknown ones are fine. */
  abort(blob: BlobHandle): Promise<void>;
  /**
   * The bytes from `start` up to and not including `end`; to be read or destroyed. Rejects with
   * ARTIFACT_NOT_FOUND.
   */
  read(key: string, range: ByteRange): Promise<Readable>;
  /** Reads a whole blob. @returns lowercase hex. Rejects with ARTIFACT_NOT_FOUND. */
  sha256(key: string, bytes: number): Promise<string>;
  /** Unknown ones are fine. */
  delete(key: string): Promise<void>;
}

export interface BlobHandle {
  /** Letters, digits and `_` only. */
  key: string;
  /** What `begin` answered. */
  upload: string;
}

export interface BlobPart {
  /** From 1. */
  number: number;
  /** Where it begins in the blob. */
  offset: number;
  bytes: number;
}

export interface KeptPart extends BlobPart {
  /** What `writePart` answered. */
  tag: string;
}

export interface ByteRange {
  start: number;
  end: number;
}
