/** @returns the HTTP status the engine answered with, or null when it did not answer. */
export function engineStatus(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  return typeof error.statusCode === 'number' ? error.statusCode : null;
}

/** @returns the engine's own words, without the prefix the client library adds. */
export function engineMessage(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'json' in error) {
    const { json } = error;
    if (typeof json === 'object' && json !== null && 'message' in json) return String(json.message);
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(clientPrefix, '').trim();
}

/** Answers to streaming requests, such as a pull, come with the words in the message alone. */
const clientPrefix = /^\(HTTP code \d+\) .*? - /;

/** @returns the system error code, such as `ENOENT`, or null. */
export function systemErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Runs a deletion whose object may be gone already. Any other failure is thrown. */
export async function ignoreMissing(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (error) {
    // 304: stopped already; 409: a removal of the same object is in progress.
    if (![304, 404, 409].includes(engineStatus(error) ?? 0)) throw error;
  }
}
