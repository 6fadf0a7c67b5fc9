import type { PublicProvider } from '@node3/shared/routes/public-providers';
import { useTranslation } from 'react-i18next';
import { ServerText } from './server-words.tsx';

type Standing = Pick<PublicProvider, 'status' | 'statusReason' | 'workers'>;

/** Why a provider stands as it does: the marketplace's own words, or the same by its numbers. */
export function ProviderReason({ provider }: { provider: Standing }) {
  const { t, i18n } = useTranslation();
  const { status, statusReason, workers } = provider;
  const isByNumbers = status !== 'maintenance' && status !== 'disabled';
  if (i18n.language === 'en' || !isByNumbers) return <ServerText text={statusReason} />;
  const { registered, online, accepting, slots } = workers;
  return t(`provider.stands.${caseOf(provider)}`, {
    agents: registered,
    offline: registered - online,
    idle: online - accepting,
    slots,
  });
}

function caseOf({ status, workers: { registered, online } }: Standing) {
  if (registered === 0) return 'none';
  const isOne = registered === 1;
  if (online === 0) return isOne ? 'oneOffline' : 'allOffline';
  if (status === 'overloaded') return 'full';
  if (status === 'degraded') return isOne ? 'oneIdle' : 'some';
  return isOne ? 'oneOnline' : 'allOnline';
}
