import { signInLimits } from '@node3/shared/sign-in-limits';
import { useTranslation } from 'react-i18next';
import { useNow } from '../use-now.ts';
import { RelativeTime } from './relative-time.tsx';

/** When a key was last used, which is known to the hour. */
export function KeyLastUsed({ at }: { at: string | null }) {
  const { t } = useTranslation();
  const nowMs = useNow(60_000);
  if (at === null) return t('state.never');
  const isRecent = nowMs - Date.parse(at) < signInLimits.keyUseGrainMs;
  return isRecent ? t('key.usedLately') : <RelativeTime at={at} />;
}
