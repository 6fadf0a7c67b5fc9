import { gzipSync } from 'node:zlib';
import type { Rolldown } from 'vite';

/** The most that the first page of either host may load. Gzip, bytes. */
export const firstLoadBytesMax = 300_000;

/** Where a build notes what it needs of that. */
export const firstLoadFile = '.first-load.json';

/** What each host shows at `/`. */
const homePages = {
  marketplace: 'pages/overview-page.tsx',
  agent: 'pages/agent-page.tsx',
} as const;

export type FirstLoad = Record<keyof typeof homePages, number>;

type Part = Rolldown.OutputChunk | Rolldown.OutputAsset;

/**
 * How much each host's first page loads before it shows something: the app, the page itself, and whatever
 * they import, scripts and styles, gzip, bytes. What is fetched once that is shown, such as menus, is not
 * in it. Throws where a page is not in the build.
 */
export function measureFirstLoad(parts: readonly Part[]): FirstLoad {
  const chunks = parts.filter((part) => part.type === 'chunk');
  const entries = chunks.filter((chunk) => chunk.isEntry);
  function bytesOf(name: string): number {
    const page = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(name) === true);
    if (page === undefined) throw new Error(`the build has no chunk for ${name}`);
    const needed = withImports([...entries, page], chunks);
    const styles = needed.flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]);
    const names = new Set([...needed.map(({ fileName }) => fileName), ...styles]);
    const loaded = parts.filter(({ fileName }) => names.has(fileName));
    return loaded.reduce((sum, part) => sum + compressedBytes(part), 0);
  }
  return { marketplace: bytesOf(homePages.marketplace), agent: bytesOf(homePages.agent) };
}

function withImports(
  roots: readonly Rolldown.OutputChunk[],
  chunks: readonly Rolldown.OutputChunk[],
): Rolldown.OutputChunk[] {
  const found = new Set(roots);
  // What is added while this goes on is gone through as well.
  for (const chunk of found) {
    for (const name of chunk.imports) {
      const imported = chunks.find(({ fileName }) => fileName === name);
      if (imported !== undefined) found.add(imported);
    }
  }
  return [...found];
}

function compressedBytes(part: Part): number {
  return gzipSync(part.type === 'chunk' ? part.code : part.source, { level: 9 }).length;
}
