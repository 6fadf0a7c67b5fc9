import { isDiskFull } from '@node3/shared/file-error';
import { storageFull } from '../store/storage-full.ts';

/** Throws STORAGE_FULL where there is none: the same part may be sent again. */
export async function withRoom<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isDiskFull(error) ? storageFull(error) : error;
  }
}
