import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Settings } from '../s3/s3-blobs.ts';

/** Programs of OpenStack Swift, which speaks S3, and of the cache that it wants for that. */
const services = ['account', 'container', 'object'] as const;
const cache = 'memcached';
const programs = [...[...services, 'proxy'].map((name) => `swift-${name}-server`), cache];
const ringBuilder = ['swift', 'ring', 'builder'].join('-');
const startMs = 60_000;

/** @returns what is missing to run it, or null. */
export function missingSwift(): string | null {
  for (const program of [...programs, ringBuilder]) {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    } catch {
      return `there is no ${program}; on Debian: apt install swift-proxy swift-account swift-container swift-object memcached`;
    }
  }
  return null;
}

export interface SwiftServer {
  /** For a bucket that is not made yet. */
  settings: S3Settings;
  stop(): Promise<void>;
}

/** Starts Swift on free loopback ports, with one copy of everything in a folder of its own. */
export async function startSwift(): Promise<SwiftServer> {
  const folder = mkdtempSync(join(tmpdir(), 'node3-swift-'));
  mkdirSync(join(folder, 'devices', 'd1'), { recursive: true });
  const conf = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  conf('swift.conf', hashes);
  const processes: ChildProcess[] = [];
  const ports: number[] = [];
  const run = (name: string, text: string) => {
    const path = conf(`${name}-server.conf`, text);
    processes.push(spawn(`swift-${name}-server`, [path], { stdio: 'ignore' }));
  };
  for (const name of services) {
    const port = await freePort();
    const build = (...words: string[]) =>
      execFileSync(ringBuilder, [`${name}.builder`, ...words], {
        cwd: folder,
        stdio: 'ignore',
      });
    build('create', '4', '1', '1');
    build('add', `r1z1-127.0.0.1:${port}/d1`, '1');
    build('rebalance');
    run(name, storageConf(folder, name, port));
    ports.push(port);
  }
  const cachePort = await freePort();
  const asRoot = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  const cacheWords = ['-l', '127.0.0.1', '-p', `${cachePort}`, '-m', '16', ...asRoot];
  processes.push(spawn(cache, cacheWords, { stdio: 'ignore' }));
  const port = await freePort();
  run('proxy', proxyConf(folder, port, cachePort));
  await Promise.all([...ports, port].map((each) => untilAnswers(`http://127.0.0.1:${each}/`)));
  return {
    settings: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      bucket: 'artifacts',
      prefix: 'node3/',
      accessKeyId: 'test:tester',
      secretAccessKey: 'testing',
      pathStyle: true,
    },
    async stop() {
      await Promise.all(processes.map(endProcess));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const hashes = `[swift-hash]
swift_hash_path_suffix = node3
swift_hash_path_prefix = node3
[storage-policy:0]
name = only
default = yes
`;

function defaultsConf(folder: string, port: number): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()}
swift_dir = ${folder}
log_level = ERROR
`;
}

function storageConf(folder: string, name: string, port: number): string {
  return `${defaultsConf(folder, port)}devices = ${folder}/devices
mount_check = false
disable_fallocate = true
[pipeline:main]
pipeline = ${name}-server
[app:${name}-server]
use = egg:swift#${name}
`;
}

/** The usual order of middleware for S3. */
function proxyConf(folder: string, port: number, cachePort: number): string {
  const filters = {
    catch_errors: '',
    gatekeeper: '',
    cache: `memcache_servers = 127.0.0.1:${cachePort}\n`,
    listing_formats: '',
    bulk: '',
    s3api: 's3_acl = false\nlocation = us-east-1\n',
    tempauth: 'user_test_tester = testing .admin\n',
    slo: '',
    dlo: '',
    versioned_writes: 'allow_versioned_writes = true\n',
  };
  const sections = Object.entries(filters).map(
    ([name, more]) =>
      `[filter:${name}]\nuse = egg:swift#${name === 'cache' ? 'memcache' : name}\n${more}`,
  );
  return `${defaultsConf(folder, port)}[pipeline:main]
pipeline = ${Object.keys(filters).join(' ')} proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
${sections.join('')}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilAnswers(url: string): Promise<void> {
  const lastAtMs = performance.now() + startMs;
  for (;;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (performance.now() > lastAtMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
