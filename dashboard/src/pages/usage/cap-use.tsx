import { Progress, Text } from '@mantine/core';
import type { Asset } from '@node3/shared/money';
import type { CapsView } from '@node3/shared/routes/caps';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { type CapLine, capLines } from './cap-lines.ts';
import './usage.css';

/** The lowest cap of each kind, with what is used of it. */
export function CapUse({ caps, asset }: { caps: CapsView; asset: Asset }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className="plain-list cap-list">
      {capLines(caps, asset).map((line) => (
        <li key={line.kind}>
          <Text size="sm" fw={500}>
            {t(`caps.kind.${line.kind}`)}
          </Text>
          <CapState line={line} />
          {line.kind === 'perDay' && (
            <Text size="xs" c="dimmed">
              {t('caps.resets', { time: format.time(Date.parse(caps.dayEndsAt)) })}
            </Text>
          )}
        </li>
      ))}
    </ul>
  );
}

function CapState({ line }: { line: CapLine }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { limit, scope, used, remaining, share } = line;
  if (limit === null) {
    return (
      <Text size="sm" c="dimmed">
        {used === null ? t('caps.none') : t('caps.noneUsed', { used: format.money(used) })}
      </Text>
    );
  }
  const by = scope === null ? '' : t(`caps.scope.${scope}`);
  if (used === null || remaining === null || share === null) {
    return <Text size="sm">{t('caps.limit', { limit: format.money(limit), by })}</Text>;
  }
  const [usedText, limitText] = [format.money(used), format.money(limit)];
  return (
    <>
      <Progress
        value={share * 100}
        color={share >= 1 ? 'red' : share >= 0.8 ? 'orange' : 'indigo'}
        aria-label={t('caps.progress', { used: usedText, limit: limitText })}
        my={6}
      />
      <Text size="sm">
        {t('caps.used', { used: usedText, limit: limitText, by })}{' '}
        <Text component="span" size="sm" fw={share >= 1 ? 600 : 400}>
          {t(share >= 1 ? 'caps.reached' : 'caps.remaining', { money: format.money(remaining) })}
        </Text>
      </Text>
    </>
  );
}
