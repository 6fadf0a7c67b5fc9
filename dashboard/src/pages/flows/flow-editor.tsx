import { Button, Card, Grid, Group, Stack, Text, TextInput } from '@mantine/core';
import type { BodyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { createFlow } from '@node3/shared/routes/flows';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeEditor } from '../../parts/code-editor/code-editor.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { isDrawable, readGraph } from './flow-draft.ts';
import { FlowPicture } from './flow-picture.tsx';
import { nodeIcons } from './node-icons.ts';
import { SecretFields } from './secret-fields.tsx';

type FlowBody = BodyOf<typeof createFlow>;

interface FlowEditorProps {
  name: string;
  graph: FlowBody['graph'];
  /** Names of secrets that are kept where no other ones are given. */
  secretNames: readonly string[];
  submit: string;
  pending: boolean;
  error: Error | null;
  onSubmit: (body: FlowBody) => void;
}

const kinds = new Set(Object.keys(nodeIcons));

/** The graph as JSON beside its picture, which follows what is typed. */
export function FlowEditor(props: FlowEditorProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(props.name);
  const [text, setText] = useState(() => JSON.stringify(props.graph, null, 2));
  const [secrets, setSecrets] = useState<Record<string, string>>({});
  const [selected, setSelected] = useState<string | null>(null);
  const graph = readGraph(text);
  const drawable = graph !== null && isDrawable(graph, kinds) ? graph : null;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (graph === null || name.trim() === '' || props.pending) return;
    const given = Object.keys(secrets).length === 0 ? {} : { secrets };
    props.onSubmit({ name: name.trim(), graph, ...given });
  }
  return (
    <form onSubmit={submit} aria-label={t('flow.editor')}>
      <Stack gap="lg">
        {props.error !== null && <GraphProblem error={props.error} />}
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 6 }}>
            <Card withBorder>
              <Stack gap="md">
                <TextInput
                  label={t('flow.name')}
                  value={name}
                  onChange={({ currentTarget }) => setName(currentTarget.value)}
                  maxLength={128}
                  required
                  withAsterisk={false}
                />
                <CodeEditor
                  label={t('flow.graph')}
                  description={t('flow.graphText')}
                  value={text}
                  onChange={setText}
                  language="json"
                  bytesMax={limits.flowGraphBytes}
                  rows={22}
                  error={graph === null ? t('flow.graphInvalid') : undefined}
                />
                <SecretFields kept={props.secretNames} secrets={secrets} onChange={setSecrets} />
              </Stack>
            </Card>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 6 }} visibleFrom="sm">
            <SectionCard title={t('flow.preview')} padding="flush">
              {drawable === null ? (
                <Text size="sm" c="dimmed" p="md">
                  {t('flow.noPreview')}
                </Text>
              ) : (
                <FlowPicture graph={drawable} selected={selected} onSelect={setSelected} />
              )}
            </SectionCard>
          </Grid.Col>
        </Grid>
        <Group>
          <Button type="submit" loading={props.pending} disabled={graph === null}>
            {props.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the marketplace found, each with its place in the graph. */
function GraphProblem({ error }: { error: Error }) {
  const places = error instanceof MarketError ? (error.context.errors ?? []) : [];
  return (
    <Stack gap="xs">
      <ErrorView error={error} {...(places.length > 0 && { withoutDetails: true as const })} />
      {places.length > 0 && (
        <ul className="plain-list">
          {places.map(({ pointer, detail }) => (
            <li key={`${pointer} ${detail}`}>
              <Text size="sm">
                <span className="mono">{pointer}</span> {detail}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}
