import { readStanding } from '@node3/shared/provider-standings';
import { useTranslation } from 'react-i18next';
import { ServerText } from './server-words.tsx';

/** Why a provider stands as it does: in the reader's language, but for an operator's own words. */
export function ProviderReason({ reason }: { reason: string }) {
  const { t } = useTranslation();
  const read = readStanding(reason);
  if (read === null) return <ServerText text={reason} />;
  return t(`provider.stands.${read.code}`, read.values);
}
