import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { fleetQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { FleetView } from './fleet/fleet-view.tsx';
import { RegistrationTokens } from './fleet/registration-tokens.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

/** All agents of the marketplace. */
export function FleetPage() {
  const { t } = useTranslation();
  return (
    <OperatorPage
      title={t('op.fleet.title')}
      subtitle={t('op.fleet.subtitle')}
      lines={[
        { label: 'CLI', text: 'node3 admin agent list' },
        { label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/admin/agents` }) },
      ]}
    >
      {() => (
        <>
          <Fleet />
          <RegistrationTokens />
        </>
      )}
    </OperatorPage>
  );
}

function Fleet() {
  const app = useApp();
  const query = useQuery({ ...fleetQuery(app), refetchInterval: usePollMs() });
  return (
    <QueryView query={query} lines={6}>
      {(agents) => <FleetView agents={agents} />}
    </QueryView>
  );
}
