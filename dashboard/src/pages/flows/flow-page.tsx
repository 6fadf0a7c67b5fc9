import { Button, Card, Group, NativeSelect, Stack, Tabs } from '@mantine/core';
import type { BodyOf } from '@node3/shared/contract';
import { deleteFlow, type FlowDetail, putFlow } from '@node3/shared/routes/flows';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { DeleteButton } from '../../parts/delete-button.tsx';
import { JsonView } from '../../parts/json-view.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { RequireSession } from '../../parts/require-session.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { flowQuery, flowsKey } from '../../queries/flows.ts';
import { FlowEditor } from './flow-editor.tsx';
import { FlowPicture } from './flow-picture.tsx';
import { RunDialog } from './run-dialog.tsx';

const route = getRouteApi('/flows/$flowId');

/** One flow: its graph, its versions, and starting it. */
export function FlowPage() {
  const { t } = useTranslation();
  const { flowId } = route.useParams();
  return (
    <RequireSession heading={t('flow.one')}>
      {() => <FlowLoader flowId={flowId} key={flowId} />}
    </RequireSession>
  );
}

function FlowLoader({ flowId }: { flowId: string }) {
  const { t } = useTranslation();
  const app = useApp();
  const { version } = route.useSearch();
  const query = useQuery(flowQuery(app, flowId, version));
  const newest = useQuery(flowQuery(app, flowId, undefined));
  if (query.data !== undefined && newest.data !== undefined) {
    return <FlowView flow={query.data} newest={newest.data.version} />;
  }
  return (
    <UnreadPage
      heading={t('flow.one')}
      queries={[query, newest]}
      code="FLOW_NOT_FOUND"
      missing={t('flow.missing')}
    >
      <Link to="/flows">{t('flow.backToFlows')}</Link>
    </UnreadPage>
  );
}

function FlowView({ flow, newest }: { flow: FlowDetail; newest: number }) {
  const { t } = useTranslation();
  const [running, setRunning] = useState(false);
  const [selected, setSelected] = useState<string | null>(null);
  return (
    <Stack gap="lg">
      <PageHeading
        title={flow.name}
        subtitle={
          <Group gap="md">
            <VersionPicker version={flow.version} newest={newest} />
            <span>
              {t('flow.updated')} <RelativeTime at={flow.updatedAt} />
            </span>
            <Link to="/runs" search={{ flowId: flow.flowId }}>
              {t('flows.showRuns')}
            </Link>
          </Group>
        }
        actions={
          <Group gap="sm">
            <DeleteFlow flow={flow} />
            <Button
              leftSection={<IconPlayerPlay size={17} aria-hidden />}
              onClick={() => setRunning(true)}
            >
              {t('flow.run')}
            </Button>
          </Group>
        }
      />
      <Tabs defaultValue="graph" keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="graph">{t('flow.graph')}</Tabs.Tab>
          <Tabs.Tab value="edit">{t('flow.newVersion')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="graph">
          <Stack gap="lg">
            <Card withBorder padding={0} visibleFrom="sm">
              <FlowPicture graph={flow.graph} selected={selected} onSelect={setSelected} />
            </Card>
            <JsonView
              value={flow.graph.nodes.find(({ id }) => id === selected) ?? flow.graph}
              label={t('flow.graph')}
            />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="edit">
          <NewVersion flow={flow} />
        </Tabs.Panel>
      </Tabs>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 flow run ${flow.flowId} --input input.json` },
          { label: 'CLI', text: `node3 flow create greet.json --version-of ${flow.flowId}` },
        ]}
      />
      {running && <RunDialog flow={flow} onClose={() => setRunning(false)} />}
    </Stack>
  );
}

function VersionPicker({ version, newest }: { version: number; newest: number }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const versions = Array.from({ length: newest }, (_, index) => String(newest - index));
  return (
    <NativeSelect
      size="xs"
      aria-label={t('flow.version')}
      value={String(version)}
      data={versions.map((value) => ({
        value,
        label: t('flow.versionNumber', { version: value }),
      }))}
      onChange={({ currentTarget: { value } }) =>
        void navigate({ search: { version: Number(value) }, replace: true })
      }
    />
  );
}

function NewVersion({ flow }: { flow: FlowDetail }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const navigate = route.useNavigate();
  const notice = useNotice();
  const { flowId } = flow;
  const save = useMutation({
    mutationFn: (body: BodyOf<typeof putFlow>) =>
      client.call(putFlow, { params: { flowId }, body }),
    async onSuccess({ version }) {
      await queryClient.invalidateQueries({ queryKey: flowsKey });
      await navigate({ search: { version } });
      notice({ kind: 'done', message: t('flow.saved', { version }) });
    },
  });
  return (
    <FlowEditor
      key={flow.version}
      name={flow.name}
      graph={flow.graph}
      secretNames={flow.secretNames}
      submit={t('flow.saveVersion')}
      pending={save.isPending}
      error={save.error}
      onSubmit={(body) => save.mutate(body)}
    />
  );
}

function DeleteFlow({ flow: { flowId, name } }: { flow: FlowDetail }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const notice = useNotice();
  const remove = useMutation({
    mutationFn: () => client.call(deleteFlow, { params: { flowId } }),
    async onSuccess() {
      await navigate({ to: '/flows' });
      await queryClient.invalidateQueries({ queryKey: flowsKey });
    },
    onError: (error) => notice({ kind: 'failed', title: t('flow.deleteFailed'), error }),
  });
  return (
    <DeleteButton
      label={t('flow.delete')}
      title={t('flow.deleteTitle', { name })}
      text={t('flow.deleteText')}
      confirm={t('flow.deleteConfirm')}
      pending={remove.isPending}
      onDelete={() => remove.mutate()}
    />
  );
}
