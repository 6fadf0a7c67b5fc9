/** A wallet file that must not be used; the message names the file and the fix. */
export class KeypairFileError extends Error {
  override readonly name = 'KeypairFileError';
}
