import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@node3/shared/limits';

export interface FoundFile {
  /** Relative to the folder, with forward slashes. */
  name: string;
  path: string;
  bytes: number;
}

/** Entries looked at in one folder tree: walking more costs the provider too much. */
const entriesMax = 200_000;

/**
 * The plain files in a folder that nobody changes any more, by name. Links are not followed; they and
 * what is neither file nor folder are told to `skip`, as is what lies too deep.
 */
export async function listFiles(
  root: string,
  skip: (name: string, why: string) => void = () => undefined,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const pending = [''];
  let entries = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for await (const { name } of await opendir(join(root, folder))) {
      entries += 1;
      if (entries > entriesMax) {
        skip(name, `is one of more than ${entriesMax} entries`);
        return found;
      }
      const relative = folder === '' ? name : `${folder}/${name}`;
      const path = join(root, relative);
      const facts = await lstat(path);
      if (facts.isFile()) found.push({ name: relative, path, bytes: facts.size });
      else if (!facts.isDirectory()) skip(relative, 'is a link or a device');
      else if (relative.split('/').length >= limits.artifactNameDepth)
        skip(relative, 'is too deep');
      else pending.push(relative);
    }
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
