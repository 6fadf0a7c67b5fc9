import { emptyDraft, type JobDraft, newRowKey } from './job-draft.ts';

/** A longer draft is not kept: inline files would fill the little room that a site has. */
const charsMax = 400_000;
/** A draft of another version is forgotten. */
const version = 1;

/** Keeps a draft in this browser, without the values of its secrets. */
export function storeDraft(storage: Storage, name: string, draft: JobDraft): void {
  const secrets = draft.secrets.map((row) => ({ ...row, value: '', kept: false }));
  const text = JSON.stringify({ version, draft: { ...draft, secrets } });
  try {
    if (text.length > charsMax) storage.removeItem(keyOf(name));
    else storage.setItem(keyOf(name), text);
  } catch {
    // Storage may be full or switched off; the draft then lasts as long as the page.
  }
}

export function forgetDraft(storage: Storage, name: string): void {
  storage.removeItem(keyOf(name));
}

/** The draft as it was left; null where there is none that can be read. */
export function readStoredDraft(storage: Storage, name: string): JobDraft | null {
  try {
    const found: unknown = JSON.parse(storage.getItem(keyOf(name)) ?? 'null');
    if (typeof found !== 'object' || found === null || !('draft' in found)) return null;
    if (!('version' in found) || found.version !== version) return null;
    return isDraft(found.draft) ? withNewKeys(found.draft) : null;
  } catch {
    // Somebody else's words, or no storage at all.
    return null;
  }
}

function keyOf(name: string): string {
  return `node3.draft.${name}`;
}

function isDraft(value: unknown): value is JobDraft {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return Object.entries(emptyDraft).every(([name, empty]) => {
    const field = fields[name];
    if (name === 'retryOn') return field === null || Array.isArray(field);
    return typeof field === typeof empty && Array.isArray(field) === Array.isArray(empty);
  });
}

/** Row keys tell rows of one page apart, and this is another page. */
function withNewKeys(draft: JobDraft): JobDraft {
  const anew = <Row extends { key: string }>(rows: Row[]): Row[] =>
    rows.map((row) => ({ ...row, key: newRowKey() }));
  return {
    ...draft,
    labels: anew(draft.labels),
    env: anew(draft.env),
    secrets: anew(draft.secrets),
    inputs: anew(draft.inputs),
    outputs: anew(draft.outputs),
    placementLabels: anew(draft.placementLabels),
    after: anew(draft.after),
  };
}
