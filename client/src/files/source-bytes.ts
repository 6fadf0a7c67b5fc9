import { OptionError } from '../errors.ts';

/** Bytes to upload. A Blob may be larger than memory: `await fs.openAsBlob(path)` in Node, a File in browsers. */
export type Source = Blob | ArrayBuffer | Uint8Array | string;

export function toBlob(source: Source): Blob {
  if (source instanceof Blob) return source;
  if (typeof source === 'string' || source instanceof ArrayBuffer) return new Blob([source]);
  if (source instanceof Uint8Array) return new Blob([source as Uint8Array<ArrayBuffer>]);
  throw new OptionError('source', 'it must be a Blob, an ArrayBuffer, a Uint8Array or a string');
}

/** As 64 lowercase hexadecimal digits. */
export async function sha256Of(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
