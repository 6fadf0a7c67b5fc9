import { ContentError, OptionError } from '../errors.ts';
import { type ListOptions, type Pages, pagesOf } from '../http/pages.ts';
import { type Call, type CallOptions, part, type Transport } from '../http/transport.ts';
import type { Artifact, RemovedArtifact, Upload } from '../types/artifact.ts';
import { type Download, type DownloadOptions, download } from './download.ts';
import { type Source, sha256Of } from './source-bytes.ts';
import { type UploadOptions, upload } from './upload.ts';

/** An artifact by its id, or as `jobs.artifacts` has it: then its link is taken, which needs no key. */
export type ArtifactRef = string | { artifactId: string; link?: string };

const path = '/api/v1/artifacts';
const bytesMaxUsual = 256 * 1024 * 1024;

/** `node3.artifacts`: files for jobs and from jobs. Calls reject with ApiError or ConnectionError. */
export class Artifacts {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Your artifacts, newest first. */
  list(options?: ListOptions): Pages<Artifact> {
    return pagesOf(this.#transport, path, options);
  }

  /** Those that were removed within a year, with when and why. */
  removed(options?: ListOptions): Pages<RemovedArtifact> {
    return pagesOf(this.#transport, `${path}/removed`, options);
  }

  /** Name, size and sha256 of one. */
  get(artifactId: string, options?: CallOptions): Promise<Artifact> {
    return this.#transport.json({
      ...this.#one(artifactId),
      method: 'GET',
      repeat: 'any',
      options,
    });
  }

  /**
   * Uploads bytes in parts, several at a time. An upload that broke off goes on with `resume`. The answer
   * is an input of jobs: `{ kind: 'artifact', artifactId }`.
   */
  upload(source: Source, options: UploadOptions): Promise<Artifact> {
    return upload(this.#transport, source, options);
  }

  /** What has come of an upload. */
  uploadState(artifactId: string, options?: CallOptions): Promise<Upload> {
    const call = { method: 'GET', path: `/api/v1/uploads/${part(artifactId)}` } as const;
    return this.#transport.json({ ...call, repeat: 'any', options });
  }

  /** Opens a download of all of it or of a range. Read its stream, or cancel it. */
  download(artifact: ArtifactRef, options?: DownloadOptions): Promise<Download> {
    return download(this.#transport, contentOf(artifact), options);
  }

  /**
   * All of it in memory, compared with its sha256. Rejects with ContentError when that differs, or when
   * it has more than `bytesMax`, 256 MiB where nothing is said.
   */
  async bytes(
    artifact: ArtifactRef,
    { bytesMax = bytesMaxUsual, ...options }: CallOptions & { bytesMax?: number } = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { stream, sha256, bytesTotal } = await this.download(artifact, options);
    if (bytesTotal > bytesMax) {
      await stream.cancel();
      throw new ContentError(`It has ${bytesTotal} bytes, and bytesMax is ${bytesMax}.`);
    }
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    if (sha256 !== null && sha256 !== (await sha256Of(bytes))) {
      throw new ContentError(`What came has not the sha256 ${sha256}.`);
    }
    return bytes;
  }

  /** Deletes one, or gives up its upload. */
  async delete(artifactId: string, options?: CallOptions): Promise<void> {
    await this.#transport.json({
      ...this.#one(artifactId),
      method: 'DELETE',
      repeat: 'any',
      options,
    });
  }

  /** A signed link for whoever has it; a path of this marketplace. */
  createLink(
    artifactId: string,
    { expiresSec, ...options }: CallOptions & { expiresSec?: number } = {},
  ): Promise<{ url: string; expiresAt: string }> {
    const call = { method: 'POST', path: `${path}/${part(artifactId)}/links` } as const;
    return this.#transport.json({ ...call, body: { expiresSec }, repeat: 'any', options });
  }

  /** Makes every link to your artifacts void. */
  async revokeLinks(options?: CallOptions): Promise<void> {
    const call = { method: 'POST', path: `${path}/revoke-links` } as const;
    await this.#transport.json({ ...call, repeat: 'any', options });
  }

  #one(artifactId: string) {
    return { path: `${path}/${part(artifactId)}` };
  }
}

function contentOf(artifact: ArtifactRef): Pick<Call, 'path' | 'token'> {
  if (typeof artifact === 'string') return { path: `${path}/${part(artifact)}/content` };
  const { artifactId, link } = artifact;
  if (link === undefined) return { path: `${path}/${part(artifactId)}/content` };
  if (link.startsWith('/api/')) return { path: link, token: null };
  throw new OptionError('link', 'it must be a path of the marketplace');
}
