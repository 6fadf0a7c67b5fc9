/** Why a file did not become text. Keys of the texts that say so. */
export type FileProblem = 'tooLarge' | 'notText';

export class TextFileError extends Error {
  override readonly name = 'TextFileError';
  readonly problem: FileProblem;

  constructor(problem: FileProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** The UTF-8 text of a file that a person picked. Throws TextFileError. */
export async function readTextFile(file: File, bytesMax: number): Promise<string> {
  if (file.size > bytesMax) throw new TextFileError('tooLarge');
  const bytes = await file.arrayBuffer();
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Something else than UTF-8, which the line below says.
  }
  throw new TextFileError('notText');
}
