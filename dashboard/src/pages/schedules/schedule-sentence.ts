import { errorCodes } from '@node3/shared/error-codes';
import { jobStates } from '@node3/shared/job-state';
import { findScheduleReason } from '@node3/shared/schedule-reasons';
import type { TFunction } from 'i18next';
import { shorten } from '../../format.ts';

interface Reader {
  t: TFunction;
  language: string;
}

interface Said {
  /** The sentence of the marketplace. */
  text: string;
  /** Why a job could not be posted. */
  errorCode: string | null;
}

export interface ScheduleSentence {
  words: string;
  /** The job that it is about. */
  jobId: string | null;
}

/** A sentence of a schedule in the reader's language; null where there are only the server's words. */
export function scheduleSentence(
  { t, language }: Reader,
  { text, errorCode }: Said,
): ScheduleSentence | null {
  const found = findScheduleReason(text);
  if (found === null) {
    // What is said of the case is more than its title, but in English.
    const title = language === 'en' || errorCode === null ? null : titleOf(t, errorCode);
    return title === null ? null : { words: title, jobId: null };
  }
  const { reason, values } = found;
  // Here too: why it was refused is told in English.
  if (language === 'en' && reason === 'failuresRefused') return null;
  const { jobId, code } = values;
  const state = jobStates.find((one) => one === values['state']);
  const words = t(`schedule.reason.${reason}`, {
    ...values,
    ...(jobId === undefined ? {} : { jobId: shorten(jobId, 10, 4) }),
    ...(state === undefined ? {} : { state: t(`job.state.${state}`).toLocaleLowerCase(language) }),
    ...(code === undefined ? {} : { title: titleOf(t, code) ?? code }),
  });
  return { words, jobId: jobId ?? null };
}

function titleOf(t: TFunction, code: string): string | null {
  return Object.hasOwn(errorCodes, code)
    ? t(`error.${code as keyof typeof errorCodes}.title`)
    : null;
}
