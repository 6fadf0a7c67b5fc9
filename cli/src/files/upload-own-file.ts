import { type FileHandle, open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { problemOfArtifactName } from '@node3/shared/artifact-name';
import type { Client } from '@node3/shared/client';
import { isNotFound } from '@node3/shared/file-error';
import { createFileClient } from '@node3/shared/files/file-client';
import { hashFile } from '@node3/shared/files/hash-file';
import { type UploadTarget, uploadFile } from '@node3/shared/files/upload-file';
import { limits } from '@node3/shared/limits';
import * as routes from '@node3/shared/routes/artifacts';
import { usageError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { stopOnInterrupt } from '../job/stop-on-interrupt.ts';
import { TransferTeller } from '../output/transfer-teller.ts';

export interface OwnUpload {
  /** As it was typed. */
  path: string;
  /** What the artifact is called; null takes the name of the file. */
  name: string | null;
  /** An upload that was begun before; null begins one. */
  artifactId: string | null;
}

/** Half a minute of pauses in all: then a person wants to know. */
export const transferTries = 7;

/** A file of this machine, and what the marketplace is told of it. */
export interface OpenedFile {
  file: FileHandle;
  facts: { name: string; bytes: number; sha256: string };
}

/** Uploads a file of this machine, or the rest of it. Throws what a repetition doesn't mend. */
export async function uploadOwnFile(
  context: Context,
  client: Client,
  upload: OwnUpload,
): Promise<routes.ArtifactView> {
  const opened = await openOwnFile(context, upload);
  try {
    return await uploadOpened(context, client, opened, upload.artifactId);
  } finally {
    await opened.file.close();
  }
}

/** Reads the whole file once. @returns it open. */
export async function openOwnFile(
  context: Context,
  upload: Pick<OwnUpload, 'path' | 'name'>,
): Promise<OpenedFile> {
  const file = await openFile(context, upload.path);
  try {
    const name = checkedName(upload.name ?? basename(upload.path));
    return { file, facts: { name, ...(await hashFile(file)) } };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** @param artifactId of an upload that goes on; null begins one. */
export async function uploadOpened(
  context: Context,
  client: Client,
  { file, facts }: OpenedFile,
  artifactId: string | null,
): Promise<routes.ArtifactView> {
  const progress = new TransferTeller(context, {
    kind: 'upload',
    label: 'uploading',
    name: facts.name,
    events: 'stderr',
  });
  let begun = artifactId;
  const howToGoOn = () =>
    begun === null
      ? 'Nothing was sent.'
      : `What has come is kept for a day. Go on: ${context.host.command} upload FILE --resume ${begun}`;
  try {
    return await stopOnInterrupt(context, howToGoOn, (signal) => {
      const onBegin = (id: string) => {
        begun = id;
      };
      const target = uploadTarget(context, client, facts, { artifactId, onBegin, signal });
      return uploadFile(target, file, {
        signal,
        triesMax: transferTries,
        onProgress: (bytesDone, bytesTotal) => progress.show({ bytesDone, bytesTotal }),
      });
    });
  } finally {
    progress.end();
  }
}

interface Upload {
  /** null begins one. */
  artifactId: string | null;
  onBegin(artifactId: string): void;
  signal: AbortSignal;
}

function uploadTarget(
  { apiKey, url, terminal, host }: Context,
  client: Client,
  facts: OpenedFile['facts'],
  own: Upload,
): UploadTarget {
  const { artifactId, signal } = own;
  const bytes = createFileClient({ baseUrl: url, apiKey });
  const paramsOf = (upload: routes.UploadView) => ({ artifactId: upload.artifactId });
  return {
    async begin() {
      if (artifactId === null) {
        const begun = await client.call(routes.createUpload, { body: facts });
        own.onBegin(begun.artifactId);
        const again = `${host.command} upload FILE --resume ${begun.artifactId}`;
        await terminal.talk(`upload    ${begun.artifactId}; after a break: ${again}`);
        return begun;
      }
      const begun = await client.call(routes.getUpload, { params: { artifactId } });
      const isSame = begun.sha256 === null || begun.sha256 === facts.sha256;
      if (begun.bytes === facts.bytes && isSame) return begun;
      const problem =
        begun.bytes === facts.bytes
          ? `The upload is of a file with the sha256 ${begun.sha256}; this one has ${facts.sha256}.`
          : `The upload is of a file with ${begun.bytes} bytes; this one has ${facts.bytes}.`;
      throw usageError(problem, 'Name the file that it was begun with, or leave out --resume.');
    },
    putPart: (upload, offset, part) =>
      bytes.putPart(`/api/v1/uploads/${upload.artifactId}/parts/${offset}`, part, signal),
    complete: (upload) => {
      const body = { sha256: facts.sha256 };
      return client.call(routes.completeUpload, { params: paramsOf(upload), body });
    },
  };
}

async function openFile({ host }: Context, path: string): Promise<FileHandle> {
  const file = await open(resolve(host.cwd, path)).catch((error: unknown) => {
    if (isNotFound(error)) throw usageError(`There is no file ${path}.`, 'Check its name.');
    throw error;
  });
  const info = await file.stat();
  if (info.isFile() && info.size <= limits.artifactBytesMax) return file;
  await file.close();
  if (info.isFile()) {
    throw usageError(`${path} has more than ${limits.artifactBytesMax} bytes.`, 'Split it.');
  }
  throw usageError(`${path} is not a file.`, 'Pack a folder first: tar czf data.tgz folder');
}

function checkedName(name: string): string {
  const problem = problemOfArtifactName(name);
  if (problem === null) return name;
  throw usageError(`The name "${name}" ${problem}.`, 'Give another one with --name.');
}
