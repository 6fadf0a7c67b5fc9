import { describe, expect, it } from 'vitest';
import { readDocument, UnreadableDocument } from './import-draft.ts';

describe('the text of a document', () => {
  it('is read as JSON or YAML, and a docker run as it is', async () => {
    expect(await readDocument('{"a": [1]}')).toEqual({ a: [1] });
    expect(await readDocument('a:\n  - 1')).toEqual({ a: [1] });
    expect(await readDocument('docker run --rm busybox true')).toContain('docker run');
  });

  it('is refused with the place where it breaks', async () => {
    const broken = readDocument('ops:\n  - id: one\n\targs: {');
    await expect(broken).rejects.toBeInstanceOf(UnreadableDocument);
    await expect(broken).rejects.toMatchObject({ line: 3, message: expect.stringMatching(/\w/) });
  });
});
