import { type HostFiles, naturally } from '../host-files.ts';

/**
 * Files by their whole path, instead of a machine's own. A name that ends in `->` is a link:
 * `{ '/sys/class/drm/card0/device->': '../../0000:03:00.0' }`.
 */
export function memoryFiles(contents: Readonly<Record<string, string>>): HostFiles {
  const paths = Object.keys(contents);
  return {
    read: async (path) => contents[path]?.trimEnd() ?? null,
    link: async (path) => contents[`${path}->`] ?? null,
    group: async () => null,
    async list(path) {
      const inside = paths.filter((name) => name.startsWith(`${path}/`));
      const names = inside.map((name) => name.slice(path.length + 1).split('/')[0] ?? '');
      return [...new Set(names)].map((name) => name.replace(/->$/, '')).toSorted(naturally);
    },
  };
}
