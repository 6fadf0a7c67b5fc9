import { Alert, Stack, Text } from '@mantine/core';
import type { Account } from '@node3/shared/routes/accounts';
import { type GpuOffer, offerStatuses } from '@node3/shared/routes/offers';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { offersQuery } from '../../queries/market.ts';
import { newStart } from './draft/job-start.ts';
import { offerSpec } from './draft/offer-spec.ts';
import { readStoredDraft } from './draft/stored-draft.ts';
import { JobForm } from './job-form/job-form.tsx';

interface OfferStartProps {
  account: Account;
  agentId: string;
  /** Catalogue id; null takes any GPU of the agent. */
  gpu: string | null;
}

/** The form filled for the GPUs of one agent; a draft that was begun before stays for later. */
export function OfferStart({ account, agentId, gpu }: OfferStartProps) {
  const { t } = useTranslation();
  const filter = { agent: agentId, status: offerStatuses.join(','), ...(gpu !== null && { gpu }) };
  const query = useQuery({
    ...offersQuery(useApp(), filter),
    // What is asked may change while the form is filled in: the price card says what holds.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <QueryView query={query} lines={8}>
      {({ data: [offer] }) =>
        offer === undefined ? (
          <Stack gap="lg">
            <Alert color="yellow" variant="light" title={t('start.offerGone')}>
              <PageLink to="/marketplace" search={{ tab: 'compute' }}>
                {t('start.otherOffers')}
              </PageLink>
            </Alert>
            <JobForm account={account} start={newStart} />
          </Stack>
        ) : (
          <JobForm
            account={account}
            start={{ kind: 'new', spec: offerSpec({ ...offer, modelId: gpu }, account) }}
            origin={<OfferOrigin offer={offer} gpu={gpu} />}
          />
        )
      }
    </QueryView>
  );
}

function OfferOrigin({ offer, gpu }: { offer: GpuOffer; gpu: string | null }) {
  const { t } = useTranslation();
  const { agentName, model } = offer;
  const isDraftKept = readStoredDraft(localStorage, 'job') !== null;
  return (
    <Alert variant="light" color="indigo">
      <Stack gap={4}>
        <Text size="sm" className="break">
          {gpu === null
            ? t('start.agent', { agent: agentName })
            : t('start.offer', { agent: agentName, gpu: model })}
        </Text>
        {isDraftKept && (
          <Text size="sm">
            {t('start.draftKept')} <PageLink to="/jobs/new">{t('start.openDraft')}</PageLink>
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
