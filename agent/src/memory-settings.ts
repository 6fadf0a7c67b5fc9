/**
 * What an agent's process is started with: the C library gives freed memory back, and what Node has
 * compiled is kept. From 32 KiB on what is freed goes back at once, where it would else lie between
 * what is kept: an idle agent has 106 MiB instead of 107 to 115, and a busy one pays some 0.4 ms for each
 * MB that it reads (Node 24.21, 2026-11-26).
 */
export function memorySettings(folder: string): Record<string, string> {
  return {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '32768',
    MALLOC_TRIM_THRESHOLD_: '131072',
    NODE_COMPILE_CACHE: `${folder}/.node3/compiled`,
  };
}
