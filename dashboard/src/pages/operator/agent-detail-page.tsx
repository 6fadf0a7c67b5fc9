import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { agentQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { AgentView } from './fleet/agent-view.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

const route = getRouteApi('/admin/fleet/$agentId');

/** One agent, and what the operator may do to it. */
export function AgentDetailPage() {
  const { t } = useTranslation();
  const app = useApp();
  const { agentId } = route.useParams();
  const query = useQuery({ ...agentQuery(app, agentId), refetchInterval: usePollMs() });
  const url = `${location.origin}/api/v1/admin/agents/${agentId}`;
  return (
    <OperatorPage
      title={query.data?.name ?? t('op.agent.name')}
      subtitle={<span className="mono break">{agentId}</span>}
      lines={[
        { label: 'CLI', text: `node3 admin agent show ${agentId}` },
        { label: 'curl', text: curlLine({ url }) },
      ]}
    >
      {() => (
        <QueryView query={query} lines={8}>
          {(agent) => <AgentView agent={agent} />}
        </QueryView>
      )}
    </OperatorPage>
  );
}
