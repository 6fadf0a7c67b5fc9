import type { AlertView } from '@node3/shared/routes/alerts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import { ServerText } from './server-words.tsx';

/** What is wrong, by its facts; by the marketplace's own words where it told none. */
export function AlertText({ alert }: { alert: Pick<AlertView, 'rule' | 'detail' | 'facts'> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { rule, detail, facts } = alert;
  if (facts === null || rule === 'ledger-broken') return <ServerText text={detail} />;
  const { name, ms, amount, asset, freeRatio } = facts;
  return t(`alerts.says.${rule}`, {
    name: name ?? '',
    asset: asset ?? '',
    time: ms === undefined ? '' : format.duration(wholeMinutes(ms)),
    money: amount === undefined || asset === undefined ? '' : format.money({ amount, asset }),
    free: freeRatio === undefined ? '' : format.percent(freeRatio),
  });
}

/** It was so long when the alert was opened: seconds would say more than is known now. */
function wholeMinutes(ms: number): number {
  return Math.floor(ms / 60_000) * 60_000;
}
