import { limits } from './limits.ts';

/** What looks like something else than it is, or is something else to a terminal or a shell. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
/** Names that Windows takes for devices, whatever their ending. */
const devices = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/**
 * What is wrong with the name of an artifact, as the end of a sentence; null when it can be a file
 * everywhere: a relative path with forward slashes, such as `results/model.bin`.
 */
export function problemOfArtifactName(name: string): string | null {
  if (name === '') return 'is empty';
  if (new TextEncoder().encode(name).length > limits.artifactNameBytes) {
    return `has more than ${limits.artifactNameBytes} bytes`;
  }
  if (!name.isWellFormed() || name !== name.normalize('NFC')) {
    return 'is not written in Unicode normal form C';
  }
  if (unseen.test(name)) return 'has characters that are not shown';
  if (/[\\:*?"<>|]/.test(name)) return 'has one of the characters \\ : * ? " < > |';
  const parts = name.split('/');
  if (parts.length > limits.artifactNameDepth) {
    return `is nested deeper than ${limits.artifactNameDepth} folders`;
  }
  for (const part of parts) {
    if (part === '') return 'begins or ends with a slash, or has two in a row';
    if (part === '.' || part === '..') return 'has a part that is . or ..';
    if (/[. ]$|^ /.test(part))
      return 'has a part that begins with a space or ends with one or a dot';
    if (devices.test(part)) return `has the part ${part}, which is a device on some systems`;
    if (new TextEncoder().encode(part).length > 255) return 'has a part of more than 255 bytes';
  }
  return null;
}
