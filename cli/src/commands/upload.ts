import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { uploadOwnFile } from '../files/upload-own-file.ts';
import { bytesText } from '../output/words.ts';
import { requireId } from '../parse/resource-id.ts';
import type { Call } from '../program/attach-action.ts';

export interface UploadOptions {
  name?: string;
  resume?: string;
}

/** `node3 upload FILE`: prints the id that jobs name as an input. */
export async function uploadArtifact(
  context: Context,
  { args, options }: Call<UploadOptions>,
): Promise<number> {
  const { terminal, host } = context;
  const where = `${host.command} upload FILE prints it at its beginning`;
  const artifactId =
    options.resume === undefined ? null : requireId('artifact', options.resume, where);
  const upload = { path: args[0] ?? '', name: options.name ?? null, artifactId };
  const artifact = await uploadOwnFile(context, connect(context, 'requester'), upload);
  if (terminal.json) await terminal.object(artifact);
  else {
    await terminal.data(artifact.artifactId);
    const { name, bytes, sha256 } = artifact;
    await terminal.talk(`${name}: ${bytesText(bytes)}, sha256 ${sha256}`);
  }
  return exitCodes.ok.code;
}
