import type { BlobStore } from '../blobs/blob-store.ts';

const absent = () => Promise.reject(new Error('no artifacts in this test'));

/** For tests without artifacts: whoever asks for one is wrong. */
export const absentBlobs: BlobStore = {
  kind: 'disk',
  begin: absent,
  writePart: absent,
  complete: absent,
  abort: absent,
  read: absent,
  sha256: absent,
  delete: absent,
};
