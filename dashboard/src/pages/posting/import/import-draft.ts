import { isDockerRun } from '@node3/shared/import/docker-line';
import type { Asset } from '@node3/shared/money';
import type { ImportQuery } from '@node3/shared/routes/job-import';

/** What is typed beside the document: what no such document says. */
export interface ImportDraft {
  text: string;
  priceKind: 'fixed' | 'metered';
  reward: string;
  bid: string;
  cap: string;
  asset: Asset;
  timeoutMinutes: string;
  gpu: string;
  gpuCount: string;
  market: string;
  hosts: string[];
}

export const emptyImport: ImportDraft = {
  text: '',
  priceKind: 'fixed',
  reward: '0.001',
  bid: '',
  cap: '',
  asset: 'SOL',
  timeoutMinutes: '',
  gpu: '',
  gpuCount: '',
  market: '',
  hosts: [],
};

/** A text that is neither JSON nor YAML: where it stops to be, and why in the words of the reader of YAML. */
export class UnreadableDocument extends Error {
  readonly line: number;
  readonly column: number;

  constructor(reason: string, { line, column }: { line: number; column: number }) {
    super(reason);
    this.line = line;
    this.column = column;
  }
}

/**
 * JSON and YAML as what they say, a docker run as the text that it is. What is wrong in the text itself
 * is found here, where its lines are known. Throws UnreadableDocument.
 */
export async function readDocument(text: string): Promise<unknown> {
  if (isDockerRun(text)) return text;
  const { LineCounter, parseDocument } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [wrong] = document.errors;
  if (wrong === undefined) return document.toJS() as unknown;
  const { line, col: column } = lineCounter.linePos(wrong.pos[0]);
  throw new UnreadableDocument(wrong.message, { line, column });
}

/** What was typed is what is asked; whether it may be is for the marketplace to say. */
export function importQueryOf(draft: ImportDraft): ImportQuery {
  const { timeoutMinutes, gpu, gpuCount, market, hosts, asset } = draft;
  const price =
    draft.priceKind === 'fixed'
      ? { reward: draft.reward.trim() }
      : { bid: draft.bid.trim(), cap: draft.cap.trim() };
  return {
    ...price,
    asset,
    ...(timeoutMinutes !== '' && { timeoutMinutes: Number(timeoutMinutes) }),
    ...(gpu.trim() !== '' && { gpu: gpu.trim() }),
    ...(gpuCount !== '' && { gpuCount: Number(gpuCount) }),
    ...(market.trim() !== '' && { market: market.trim() }),
    ...(hosts.length > 0 && { allowHosts: hosts.join(',') }),
  };
}
