import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';

/** A container registry of this machine alone, from which a real engine pulls. */
export interface ImageRegistry {
  /** Such as `127.0.0.1:34567`. */
  host: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  /** Puts an image of one layer under a tag. @returns its digest. */
  publish(name: string, image: PublishedImage): Promise<string>;
  /** From now on a digest leads to other bytes than those it was made of. */
  forge(digest: string, bytes: Buffer): void;
  /** From now on a tag leads the engine to another image than everybody else. */
  forEngine(name: string, tag: string, digest: string): void;
  /** From now on blobs begin and do not end. */
  stall(): void;
  stop(): Promise<void>;
}

export interface PublishedImage {
  tag: string;
  layerBytes: number;
  /** What the manifest says about the layer's size, where that is not true. */
  layerBytesSaid?: number;
  /** Hides the manifest from everybody but the engine. */
  toEngineOnly?: 'yes';
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

export async function startImageRegistry(): Promise<ImageRegistry> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Buffer>();
  const hidden = new Set<string>();
  const engineManifests = new Map<string, Buffer>();
  const requests: string[] = [];
  let stalls = false;
  const answer = (request: IncomingMessage, reply: ServerResponse) => {
    const path = request.url ?? '';
    requests.push(path);
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(path) ?? [];
    if (path === '/v2/') {
      reply.end('{}');
      return;
    }
    const isEngine = request.headers['user-agent'] !== 'node3';
    const key = `${name}@${reference}`;
    const own = isEngine ? engineManifests.get(key) : undefined;
    const found = kind === 'manifests' ? (own ?? manifests.get(key)) : blobs.get(reference);
    if (found === undefined || (!isEngine && hidden.has(key))) {
      reply.writeHead(404).end();
      return;
    }
    const head = { 'content-length': found.length, 'docker-content-digest': digestOf(found) };
    const type = kind === 'manifests' ? manifestType : 'application/octet-stream';
    reply.writeHead(200, { ...head, 'content-type': type });
    if (kind === 'blobs' && stalls && found.length > 10_000) {
      reply.write(found.subarray(0, found.length / 2));
      return;
    }
    reply.end(request.method === 'HEAD' ? undefined : found);
  };
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async publish(name, image) {
      const { layer, config } = await makeImage(image.layerBytes);
      for (const blob of [layer.packed, config]) blobs.set(digestOf(blob), blob);
      const manifest = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: manifestType,
          config: describeBlob('application/vnd.docker.container.image.v1+json', config),
          layers: [
            {
              ...describeBlob('application/vnd.docker.image.rootfs.diff.tar.gzip', layer.packed),
              ...(image.layerBytesSaid !== undefined && { size: image.layerBytesSaid }),
            },
          ],
        }),
      );
      const digest = digestOf(manifest);
      for (const reference of [image.tag, digest]) {
        manifests.set(`${name}@${reference}`, manifest);
        if (image.toEngineOnly === 'yes') hidden.add(`${name}@${reference}`);
      }
      return digest;
    },
    forge(digest, bytes) {
      for (const key of manifests.keys()) if (key.endsWith(digest)) manifests.set(key, bytes);
    },
    forEngine(name, tag, digest) {
      const found = [...manifests].find(([key]) => key.endsWith(digest))?.[1];
      if (found !== undefined) engineManifests.set(`${name}@${tag}`, found);
    },
    stall() {
      stalls = true;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Random bytes, so that nothing of it is on the machine already and packing makes it no smaller. */
async function makeImage(layerBytes: number) {
  const pack = tar.pack();
  pack.entry({ name: 'content' }, randomBytes(layerBytes));
  pack.finalize();
  const plain = await buffer(pack);
  const packed = gzipSync(plain);
  const rootfs = { type: 'layers', diff_ids: [digestOf(plain)] };
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const config = { architecture, os: 'linux', config: {}, rootfs, history: [] };
  return { layer: { packed }, config: Buffer.from(JSON.stringify(config)) };
}

function describeBlob(mediaType: string, bytes: Buffer) {
  return { mediaType, size: bytes.length, digest: digestOf(bytes) };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
