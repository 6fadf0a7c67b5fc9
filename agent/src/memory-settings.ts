/**
 * What an agent's process is started with: the C library gives freed memory back, and what Node has
 * compiled is kept. Only large pieces go back at once: each that does costs fresh pages the next time, 10 ms for
 * a MB that is read in pieces of 64 KiB (Node 24.21, 2026-11-27).
 */
export function memorySettings(folder: string): Record<string, string> {
  return {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '1048576',
    MALLOC_TRIM_THRESHOLD_: '131072',
    NODE_COMPILE_CACHE: `${folder}/.node3/compiled`,
  };
}
