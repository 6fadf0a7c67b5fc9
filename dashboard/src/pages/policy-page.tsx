import { Stack } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { QueryView } from '../parts/query-view.tsx';
import {
  agentStatusQuery,
  localEconomicsQuery,
  localPolicyQuery,
  localSettingsQuery,
} from '../queries/provider.ts';
import { AgentEntry } from './agent/agent-entry.tsx';
import { PolicyForm } from './policy/policy-form.tsx';
import { SalesNow } from './policy/sales-now.tsx';
import { StartSettings } from './policy/start-settings.tsx';

/** What the provider allows on this machine, and what is sold because of it now. */
export function PolicyPage() {
  const { t } = useTranslation();
  const app = useApp();
  const policy = useQuery(localPolicyQuery(app));
  const economics = useQuery(localEconomicsQuery(app));
  const settings = useQuery(localSettingsQuery(app));
  const { data: status } = useQuery(agentStatusQuery(app));
  return (
    <>
      <PageHeading title={t('policy.title')} subtitle={t('policy.subtitle')} />
      {isMarketError(policy.error, 'AGENT_TOKEN_REQUIRED') ? (
        <AgentEntry />
      ) : (
        <QueryView query={policy} lines={9}>
          {(known) => (
            <Stack gap="lg">
              <SalesNow policy={known} status={status} />
              <QueryView query={economics} lines={9}>
                {({ devices }) => <PolicyForm policy={known} devices={devices} />}
              </QueryView>
              <QueryView query={settings}>{(data) => <StartSettings settings={data} />}</QueryView>
            </Stack>
          )}
        </QueryView>
      )}
    </>
  );
}
