import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mustSkip } from '@node3/shared/testing/resources';
import type Docker from 'dockerode';
import { connectEngine } from './engine-socket.ts';
import { importImage } from './local-image.ts';
import { findPrograms, listSharedLibraries } from './local-image-files.ts';

const startMs = 30_000;
const stepMs = 100;

/** Whether this machine can't run Podman as root; the reason was printed. */
export function mustSkipPodman(): boolean {
  return mustSkip({ resource: 'podman', missing: findMissing() });
}

function findMissing(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it needs Linux and root';
  try {
    execFileSync('podman', ['--version'], { stdio: 'pipe' });
    execFileSync('runc', ['--version'], { stdio: 'pipe' });
    execFileSync('catatonit', ['--version'], { stdio: 'pipe' });
    return null;
  } catch {
    return 'podman, runc and catatonit are not all installed';
  }
}

/** Podman's service with a store of its own, so that nothing of this machine's Podman is touched. */
export class PodmanTestEngine {
  readonly folder: string;
  readonly docker: Docker;
  #stop: () => Promise<void> = () => Promise.resolve();

  private constructor(folder: string) {
    this.folder = folder;
    this.docker = connectEngine({ kind: 'socket', path: path.join(folder, 's') });
  }

  static async create(): Promise<PodmanTestEngine> {
    const engine = new PodmanTestEngine(await mkdtemp(path.join(tmpdir(), 'n3pod-')));
    await engine.start();
    return engine;
  }

  async start(): Promise<void> {
    const args = [...this.#places(), 'system', 'service', '--time=0'];
    const child = spawn('podman', [...args, `unix://${path.join(this.folder, 's')}`], {
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#stop = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    await retry(() => this.docker.ping());
  }

  /** Ends the service; containers go on. */
  stop(): Promise<void> {
    return this.#stop();
  }

  /** @returns an image of this machine's shell and basic programs. */
  async prepareImage(): Promise<string> {
    const programs = await findPrograms();
    const libraries = await listSharedLibraries(programs.map(({ source }) => source));
    return importImage(this.docker, [...programs, ...libraries], 'podman', null);
  }

  async remove(): Promise<void> {
    await this.stop();
    // It mounts its own store, which its own tool lets go of, unless the end of a container is noted there yet.
    await retry(() =>
      execFileSync('podman', [...this.#places(), 'system', 'reset', '--force'], { stdio: 'pipe' }),
    );
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: stepMs });
  }

  #places(): string[] {
    const at = (name: string) => path.join(this.folder, name);
    return [
      `--root=${at('root')}`,
      `--runroot=${at('run')}`,
      `--tmpdir=${at('tmp')}`,
      '--runtime=runc',
      '--cgroup-manager=cgroupfs',
      '--events-backend=file',
    ];
  }
}

async function retry(action: () => unknown): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += stepMs) {
    try {
      await action();
      return;
    } catch (error) {
      if (waitedMs > startMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, stepMs));
    }
  }
}
