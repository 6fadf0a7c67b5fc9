import { useEffect, useState } from 'react';
import { emptyDraft, type JobDraft } from '../draft/job-draft.ts';
import type { JobStart } from '../draft/job-start.ts';
import { specToDraft } from '../draft/spec-to-draft.ts';
import { forgetDraft, readStoredDraft, storeDraft } from '../draft/stored-draft.ts';

/** A draft is written down when nothing was typed for so long. */
const storeAfterMs = 400;

interface DraftState {
  draft: JobDraft;
  change: (part: Partial<JobDraft>) => void;
  /** Whether it was found in this browser. */
  restored: boolean;
  startOver: () => void;
  /** Keeps it no longer: it was posted. */
  forget: () => void;
}

/**
 * The draft of a form; that of a new job is kept in this browser under `name`. A form that begins with
 * something leaves the kept one as it is.
 */
export function useDraft(name: string, start: JobStart): DraftState {
  const isKept = start.kind === 'new' && start.spec === null;
  const [first] = useState(() => {
    const stored = isKept ? readStoredDraft(localStorage, name) : null;
    return { draft: stored ?? specToDraft(start.spec ?? {}), restored: stored !== null };
  });
  const [draft, setDraft] = useState(first.draft);
  const [restored, setRestored] = useState(first.restored);
  useEffect(() => {
    if (!isKept || draft === first.draft) return undefined;
    const timer = setTimeout(() => storeDraft(localStorage, name, draft), storeAfterMs);
    return () => clearTimeout(timer);
  }, [isKept, name, draft, first]);
  return {
    draft,
    restored,
    forget() {
      if (isKept) forgetDraft(localStorage, name);
    },
    change: (part) => setDraft((before) => ({ ...before, ...part })),
    startOver() {
      forgetDraft(localStorage, name);
      setDraft(start.spec === null ? emptyDraft : specToDraft(start.spec));
      setRestored(false);
    },
  };
}
