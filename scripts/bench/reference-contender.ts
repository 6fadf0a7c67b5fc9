import { join } from 'node:path';
import { type Contender, forkServer, openLoads, programPath } from './contender.ts';
import type { ReferenceTarget } from './reference-load.ts';

/** The bare reference queue of `reference-queue.ts`, with producers over HTTP or over a socket. */
export async function enterReference(
  folder: string,
  producer: ReferenceTarget['producer'],
): Promise<Contender> {
  const { url, child } = await forkServer(
    'reference-queue.ts',
    join(folder, `reference-${producer}.db`),
  );
  const target: ReferenceTarget = { kind: 'reference', url, producer };
  const loads = await openLoads(programPath('load-process.ts'), {}, { ...target });
  return {
    name: `reference ${producer}`,
    ...loads,
    serverPids: () => [child.pid ?? 0],
    commits: async () => null,
    async leave() {
      await Promise.all([loads.producer.stop(), loads.worker.stop()]);
      child.kill('SIGKILL');
    },
  };
}
