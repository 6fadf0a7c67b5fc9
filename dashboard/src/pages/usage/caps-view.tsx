import { Stack } from '@mantine/core';
import { assets } from '@node3/shared/money';
import { putAccountCaps } from '@node3/shared/routes/caps';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { capsQuery } from '../../queries/usage.ts';
import { curlLine } from '../../shell-command.ts';
import { CapUse } from './cap-use.tsx';
import { CapsForm } from './caps-form.tsx';

/** What may be spent at most, how much of it is used, and what happens when it is reached. */
export function CapsView({ wallet }: { wallet: string | null }) {
  const { t } = useTranslation();
  const query = useQuery({ ...capsQuery(useApp()), refetchInterval: usePollMs() });
  const url = `${location.origin}${putAccountCaps.url}`;
  return (
    <Stack gap="lg">
      <QueryView query={query} lines={6}>
        {(caps) => (
          <>
            {assets.map((asset) => (
              <SectionCard
                key={asset}
                title={t('caps.inForce', { asset })}
                description={t('caps.text')}
              >
                <CapUse caps={caps} asset={asset} />
              </SectionCard>
            ))}
            <SectionCard title={t('caps.change')} description={t('caps.changeText')}>
              <CapsForm caps={caps.account} wallet={wallet} key={JSON.stringify(caps.account)} />
            </SectionCard>
          </>
        )}
      </QueryView>
      <CommandLines
        lines={[
          {
            label: 'CLI',
            text: 'node3 account caps --asset USDC --per-day 20 --open 50 --per-job 5',
          },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </Stack>
  );
}
