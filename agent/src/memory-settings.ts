/**
 * What an agent's process is started with: the C library gives freed memory back,
 * and what Node has compiled is kept. An idle agent is a seventh smaller (Node 24.21, 2026-11-26).
 */
export function memorySettings(folder: string): Record<string, string> {
  return {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '131072',
    MALLOC_TRIM_THRESHOLD_: '131072',
    NODE_COMPILE_CACHE: `${folder}/.node3/compiled`,
  };
}
