import { Stack, Text } from '@mantine/core';
import type { Asset } from '@node3/shared/money';
import { createDepositIntent } from '@node3/shared/routes/deposits';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { curlLine } from '../../shell-command.ts';

interface DepositCommandsProps {
  asset: Asset;
  /** null: none is named yet. */
  amount: string | null;
}

/** The same deposit in the terminal; where money is play money, how to get some first. */
export function DepositCommands({ asset, amount }: DepositCommandsProps) {
  const { t } = useTranslation();
  const { config } = useApp();
  const isPlay = config.cluster === 'localnet';
  const url = `${location.origin}${createDepositIntent.url}`;
  const body = { asset, ...(amount !== null && { amount }) };
  const example = amount ?? '1';
  const named = asset === 'SOL' ? '' : ` --asset ${asset}`;
  return (
    <Stack gap="xs">
      {isPlay && (
        <Text size="sm" c="dimmed">
          {t('deposit.playMoney')}
        </Text>
      )}
      <CommandLines
        lines={[
          ...(isPlay ? [{ label: 'CLI', text: `node3 wallet airdrop ${example}${named}` }] : []),
          { label: 'CLI', text: `node3 account deposit ${example}${named}` },
          { label: 'curl', text: curlLine({ method: 'POST', url, body }) },
        ]}
      />
    </Stack>
  );
}
