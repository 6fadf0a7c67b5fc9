import { listAgents } from '@node3/shared/routes/fleet';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { fleetQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { type FleetSearch, fleetSelection } from './fleet/fleet-search.ts';
import { FleetView } from './fleet/fleet-view.tsx';
import { RegistrationTokens } from './fleet/registration-tokens.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

const route = getRouteApi('/admin/fleet');
const pageSize = 50;

/** All agents of the marketplace. */
export function FleetPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const words = new URLSearchParams(fleetSelection(search)).toString();
  const url = `${location.origin}${listAgents.url}${words === '' ? '' : `?${words}`}`;
  return (
    <OperatorPage
      title={t('op.fleet.title')}
      subtitle={t('op.fleet.subtitle')}
      lines={[
        { label: 'CLI', text: 'node3 admin agent list' },
        { label: 'curl', text: curlLine({ url }) },
      ]}
    >
      {() => (
        <>
          <Fleet search={search} />
          <RegistrationTokens />
        </>
      )}
    </OperatorPage>
  );
}

function Fleet({ search }: { search: FleetSearch }) {
  const { cursor } = search;
  const query = useQuery({
    ...fleetQuery(useApp(), {
      ...fleetSelection(search),
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    }),
    refetchInterval: usePollMs(),
  });
  return (
    <QueryView query={query} lines={6}>
      {(fleet) => <FleetView fleet={fleet} />}
    </QueryView>
  );
}
