import { Alert, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { type ReactNode, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { useStreamStatus } from '../live/use-stream.ts';
import { useNow } from '../use-now.ts';

/** A failure shorter than this is a hiccup that nobody needs to hear about. */
const bannerAfterMs = 5_000;

function useContact() {
  const { contact } = useApp();
  return useSyncExternalStore(contact.subscribe, contact.state);
}

/** One word in the header: how fresh what you see is. */
export function ConnectionIndicator() {
  const { t } = useTranslation();
  const status = useStreamStatus();
  const { failingSinceMs } = useContact();
  const live = status === 'open';
  const word = failingSinceMs !== null && status !== 'open' ? 'offline' : live ? 'live' : 'polling';
  return (
    <span
      className="connection"
      data-state={word}
      role="status"
      title={t(`connection.${word}.hint`)}
    >
      <span className="connection-dot" aria-hidden="true" />
      {t(`connection.${word}`)}
    </span>
  );
}

/** How long nothing has been heard, milliseconds; null while all is well, or not known to be wrong. */
function useSilence(): { ageMs: number | null } | null {
  const { failingSinceMs, lastAnswerAtMs } = useContact();
  const nowMs = useNow(1_000);
  if (failingSinceMs === null || nowMs - failingSinceMs < bannerAfterMs) return null;
  return { ageMs: lastAnswerAtMs === null ? null : nowMs - lastAnswerAtMs };
}

/** Appears after five seconds without an answer and says how old the data on the page is. */
export function OfflineBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const silence = useSilence();
  if (silence === null) return null;
  const { ageMs } = silence;
  return (
    <Alert
      color="orange"
      variant="light"
      mb="md"
      role="alert"
      icon={<IconPlugConnectedX aria-hidden />}
      title={t('offline.title')}
    >
      {/* Read out once: an age that is told each second is noise. */}
      <Text size="sm" aria-live="off">
        {ageMs === null
          ? t('offline.never')
          : t('offline.age', { age: format.duration(Math.floor(ageMs / 1_000) * 1_000) })}
      </Text>
    </Alert>
  );
}

/** Greys what may be out of date, as long as the host does not answer. */
export function PageContent({ children }: { children: ReactNode }) {
  const isStale = useSilence() !== null;
  return (
    <div className="page-content" data-stale={isStale ? '' : undefined}>
      {children}
    </div>
  );
}
