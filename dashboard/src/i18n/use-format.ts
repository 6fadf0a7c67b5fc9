import type { Money } from '@node3/shared/money';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  formatBytes,
  formatClock,
  formatDuration,
  formatMoney,
  formatNumber,
  formatPercent,
  formatRunTime,
  formatTime,
  unknownMark,
  type Zone,
} from '../format.ts';
import { usePreferences } from '../preferences/use-preferences.ts';

/** The formatters in the language in force; null stands for unknown and is shown as such. */
export function useFormat() {
  const { i18n } = useTranslation();
  const language = i18n.language;
  const { times } = usePreferences();
  const zone: Zone = times === 'utc' ? 'UTC' : 'local';
  return useMemo(
    () => ({
      language,
      zone,
      money: (value: Money | null) => (value === null ? unknownMark : formatMoney(value, language)),
      number: (value: number | null) =>
        value === null ? unknownMark : formatNumber(value, language),
      /** A small amount of something, to three digits that say something. */
      precise: (value: number) =>
        new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(value),
      /** A share of 1. */
      percent: (ratio: number | null) =>
        ratio === null ? unknownMark : formatPercent(ratio, language),
      /** A share of 1 that is measured no better than to one in a hundred. */
      wholePercent: (ratio: number) => formatPercent(Math.round(ratio * 100) / 100, language),
      bytes: (value: number | null) =>
        value === null ? unknownMark : formatBytes(value, language),
      duration: (ms: number | null) => (ms === null ? unknownMark : formatDuration(ms, language)),
      /** Of what has never started there is none, though it counts as 0 where it is paid. */
      runTime: ({ runMs, startedAt }: { runMs: number | null; startedAt: string | null }) =>
        runMs === null || startedAt === null ? unknownMark : formatRunTime(runMs, language),
      time: (atMs: number) => formatTime(atMs, language, zone),
      clock: (atMs: number) => formatClock(atMs, language, zone),
    }),
    [language, zone],
  );
}
