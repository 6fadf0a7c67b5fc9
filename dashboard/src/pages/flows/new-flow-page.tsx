import type { BodyOf } from '@node3/shared/contract';
import { createFlow } from '@node3/shared/routes/flows';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { flowsKey } from '../../queries/flows.ts';
import { exampleGraph } from './flow-draft.ts';
import { FlowEditor } from './flow-editor.tsx';

export function NewFlowPage() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeading title={t('flow.newTitle')} subtitle={t('flow.newText')} />
      <RequireSession>{() => <NewFlow />}</RequireSession>
    </>
  );
}

function NewFlow() {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const save = useMutation({
    mutationFn: (body: BodyOf<typeof createFlow>) => client.call(createFlow, { body }),
    async onSuccess({ flowId }) {
      await queryClient.invalidateQueries({ queryKey: flowsKey });
      await navigate({ to: '/flows/$flowId', params: { flowId } });
    },
  });
  return (
    <>
      <FlowEditor
        name=""
        graph={exampleGraph}
        secretNames={[]}
        submit={t('flow.save')}
        pending={save.isPending}
        error={save.error}
        onSubmit={(body) => save.mutate(body)}
      />
      <CommandLines lines={[{ label: 'CLI', text: 'node3 flow create greet.json' }]} />
    </>
  );
}
