import type { AgentUptime } from '@node3/shared/routes/marketplace';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import { RelativeTime } from './relative-time.tsx';

/** How much of the last days an agent was there, against as many before; rows of a list of facts. */
export function UptimeFacts({ uptime }: { uptime: AgentUptime | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { periods, since } = uptime ?? { periods: [], since: null };
  const known = periods.filter(({ share }) => share !== null);
  if (known.length === 0) {
    return (
      <div>
        <dt>{t('uptime.title')}</dt>
        <dd className="unknown">{t('state.unknown')}</dd>
      </div>
    );
  }
  return (
    <>
      {known.map(({ before, days, share }) => (
        <div key={days}>
          <dt>{t('uptime.of', { days })}</dt>
          <dd>
            {format.percent(share)}
            {before !== null && ` (${t('uptime.before', { share: format.percent(before) })})`}
          </dd>
        </div>
      ))}
      <div>
        <dt>{t('uptime.since')}</dt>
        <dd>
          <RelativeTime at={since} />
        </dd>
      </div>
    </>
  );
}
