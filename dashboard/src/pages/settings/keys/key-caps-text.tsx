import type { KeyView } from '@node3/shared/routes/keys';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';

/** What a key may spend at most, in words; none is said, too. */
export function KeyCapsText({ caps }: Pick<KeyView, 'caps'>) {
  const { t } = useTranslation();
  const format = useFormat();
  if (caps === null) return t('keys.noCaps');
  const lines = (['SOL', 'USDC'] as const).flatMap((asset) =>
    (['perJob', 'perDay'] as const).flatMap((kind) => {
      const amount = caps[asset][kind];
      if (amount === null) return [];
      return [t(`keys.cap.${kind}`, { money: format.money({ amount, asset }) })];
    }),
  );
  return lines.map((line) => <div key={line}>{line}</div>);
}
