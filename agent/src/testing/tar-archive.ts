import tar, { type Header } from 'tar-stream';

export type TarEntry = Partial<Header> & { name: string; text?: string };

/** A tar file with these entries, hostile ones too. */
export async function tarOf(entries: readonly TarEntry[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { text = '', ...header } of entries) {
    if (header.type === undefined || header.type === 'file') pack.entry(header, text);
    else pack.entry(header).end('');
  }
  pack.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of pack) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
