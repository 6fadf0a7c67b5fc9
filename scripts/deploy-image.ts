import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const certificates = '/etc/ssl/certs/ca-certificates.crt';
const nodeImage = 'node3/test-node:local';
const outputBytesMax = 64 * 1024 * 1024;

/** Runs a program of this machine. Rejects with what it printed when it fails. */
export async function output(program: string, args: readonly string[], cwd = root) {
  const { stdout } = await run(program, [...args], { cwd, maxBuffer: outputBytesMax });
  return stdout;
}

/**
 * Builds an image by our Dockerfile without a registry for images: on this machine's own Node.js and
 * npm. Packages come from wherever npm gets them here.
 */
export async function buildMarketplaceImage(base: string, tag: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'node3-image-'));
  try {
    // `npm` is a link to its `bin/npm-cli.js`.
    const npm = (await output('sh', ['-c', 'realpath "$(command -v npm)"'])).trim();
    await cp(dirname(dirname(npm)), join(folder, 'npm'), { recursive: true });
    await mkdir(join(folder, 'bin'));
    const launcher = '#!/bin/sh\nexec node /usr/lib/node_modules/npm/bin/npm-cli.js "$@"\n';
    await writeFile(join(folder, 'bin/npm'), launcher, { mode: 0o755 });
    await cp(certificates, join(folder, 'certificates.crt'));
    for (const library of await systemLibraries()) {
      await mkdir(join(folder, 'system', dirname(library)), { recursive: true });
      await cp(library, join(folder, 'system', library), { dereference: true });
    }
    const lines = [
      `FROM ${base}`,
      'COPY system /',
      'COPY npm /usr/lib/node_modules/npm',
      'COPY bin/npm /bin/npm',
      `COPY certificates.crt ${certificates}`,
      `ENV NODE_EXTRA_CA_CERTS=${certificates}`,
    ];
    await writeFile(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`);
    await output('docker', ['build', '-q', '-t', nodeImage, folder]);
    const registry = (await output('npm', ['config', 'get', 'registry'])).trim();
    const settings = [`NODE_IMAGE=${nodeImage}`, `NPM_CONFIG_REGISTRY=${registry}`];
    await output('docker', [
      'build',
      '-q',
      '--network',
      'host',
      '-f',
      'deploy/marketplace.Dockerfile',
      '-t',
      tag,
      ...settings.flatMap((setting) => ['--build-arg', setting]),
      '.',
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Parts of the C library that packages load by themselves, and every usual image has. */
async function systemLibraries(): Promise<string[]> {
  const listed = await output('ldconfig', ['-p']);
  const wanted = /=> (\/\S*\/(?:librt|libutil|libresolv|libnss_dns|libnss_files)\.so\.\d+)$/gm;
  return [...listed.matchAll(wanted)].map(([, path]) => path ?? '');
}
