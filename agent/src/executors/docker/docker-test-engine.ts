import { homedir } from 'node:os';
import { env, getuid } from 'node:process';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import type Docker from 'dockerode';
import { probeEngine } from './engine-probe.ts';
import { chooseEngineAddress, connectEngine, listEngineAddresses } from './engine-socket.ts';
import { ensureLocalImage } from './local-image.ts';

export interface TestEngine {
  docker: Docker;
  skip: boolean;
  prepareImage: () => Promise<string>;
}

/** The engine integration tests run on, or a printed reason why they do not. */
export async function findTestEngine(): Promise<TestEngine> {
  const address = chooseEngineAddress(
    listEngineAddresses({
      dockerHost: env['DOCKER_HOST'] ?? null,
      homeDirectory: homedir(),
      runtimeDirectory: env['XDG_RUNTIME_DIR'] ?? null,
      uid: getuid?.() ?? null,
    }),
  );
  const docker = connectEngine(address ?? { kind: 'socket', path: '/var/run/docker.sock' });
  const { problems } = await probeEngine(docker, null);
  const missing = problems[0]?.sentence ?? null;
  return {
    docker,
    skip: mustSkip({ resource: 'docker', missing }),
    prepareImage: async () => (await ensureLocalImage({ docker, log: silentLogger })).image,
  };
}
