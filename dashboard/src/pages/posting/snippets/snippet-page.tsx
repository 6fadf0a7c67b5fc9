import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { limits } from '@node3/shared/limits';
import {
  deleteSnippet,
  putSnippet,
  type SnippetDetail,
  type SnippetInput,
} from '@node3/shared/routes/snippets';
import { IconDeviceFloppy, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { CodeEditor } from '../../../parts/code-editor/code-editor.tsx';
import { isScriptLanguage } from '../../../parts/code-editor/code-language.ts';
import { CommandLines } from '../../../parts/command-lines.tsx';
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx';
import { ErrorView } from '../../../parts/error-view.tsx';
import { PageHeading } from '../../../parts/page-heading.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RequireSession } from '../../../parts/require-session.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { useNotice } from '../../../parts/use-notice.tsx';
import { snippetQuery } from '../../../queries/posting.ts';
import { curlLine } from '../../../shell-command.ts';
import { LanguagePicker } from '../sections/script-fields.tsx';
import '../work.css';

const route = getRouteApi('/snippets/$snippetId');

export function SnippetPage() {
  const { t } = useTranslation();
  const { snippetId } = route.useParams();
  return (
    <RequireSession heading={t('snippets.one')}>
      {() => <SnippetLoader snippetId={snippetId} key={snippetId} />}
    </RequireSession>
  );
}

function SnippetLoader({ snippetId }: { snippetId: string }) {
  const query = useQuery(snippetQuery(useApp(), snippetId));
  return (
    <QueryView query={query} lines={8}>
      {(snippet) => <SnippetEditor snippet={snippet} />}
    </QueryView>
  );
}

type OwnSnippet = SnippetDetail & { etag: string | null };

function SnippetEditor({ snippet }: { snippet: OwnSnippet }) {
  const { t } = useTranslation();
  const { snippetId } = snippet;
  const [name, setName] = useState(snippet.name);
  const [description, setDescription] = useState(snippet.description ?? '');
  const [language, setLanguage] = useState(snippet.language);
  const [code, setCode] = useState(snippet.code);
  const save = useSave(snippet);
  const changed =
    name !== snippet.name ||
    description !== (snippet.description ?? '') ||
    language !== snippet.language ||
    code !== snippet.code;
  const url = `${location.origin}/api/v1/snippets/${snippetId}`;
  return (
    <>
      <PageHeading title={snippet.name} actions={<SnippetActions snippet={snippet} />} />
      <SectionCard title={t('snippets.edit')}>
        <Stack gap="md">
          {save.error !== null && <ErrorView error={save.error} />}
          <div className="work-columns">
            <TextInput
              label={t('save.name')}
              value={name}
              maxLength={128}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label={t('save.description')}
              value={description}
              maxLength={limits.snippetDescriptionChars}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
            <LanguagePicker language={language} onChoose={setLanguage} error={null} />
          </div>
          <CodeEditor
            label={t('field.code')}
            value={code}
            language={language}
            rows={20}
            bytesMax={limits.codeBytesMax}
            onChange={setCode}
            onFileLanguage={(found) => {
              if (isScriptLanguage(found)) setLanguage(found);
            }}
          />
          <Group justify="flex-end">
            <Button
              leftSection={<IconDeviceFloppy size={16} aria-hidden />}
              loading={save.isPending}
              disabled={!changed || name.trim() === '' || code === ''}
              onClick={() => save.mutate({ name: name.trim(), description, language, code })}
            >
              {t('save.save')}
            </Button>
          </Group>
        </Stack>
      </SectionCard>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 snippet run ${snippetId}` },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </>
  );
}

type Edited = Pick<SnippetInput, 'name' | 'language' | 'code'> & { description: string };

/** Image, GPUs and timeout stay as they are; the job's form sets them. */
function useSave({ snippetId, image, gpus, runSec, etag }: OwnSnippet) {
  const { t } = useTranslation();
  const app = useApp();
  const queryClient = useQueryClient();
  const notify = useNotice();
  return useMutation({
    mutationFn({ description, ...edited }: Edited) {
      const body = {
        ...edited,
        ...(description !== '' && { description }),
        ...(image !== null && { image }),
        ...(gpus !== null && { gpus }),
        ...(runSec !== null && { runSec }),
      };
      // Another tab may have changed it: then nothing is written over.
      const options = etag === null ? {} : { ifMatch: etag };
      return app.client.call(putSnippet, { params: { snippetId }, body }, options);
    },
    onSuccess() {
      void queryClient.invalidateQueries({ queryKey: ['own', 'snippet', snippetId] });
      void queryClient.invalidateQueries({ queryKey: ['own', 'snippets'] });
      notify({ kind: 'done', message: t('save.snippet.done') });
    },
  });
}

function SnippetActions({ snippet }: { snippet: SnippetDetail }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const notify = useNotice();
  const [opened, { open, close }] = useDisclosure(false);
  const { snippetId } = snippet;
  const remove = useMutation({
    mutationFn: () => client.call(deleteSnippet, { params: { snippetId } }),
    async onSuccess() {
      await navigate({ to: '/snippets' });
      queryClient.removeQueries({ queryKey: ['own', 'snippet', snippetId] });
      void queryClient.invalidateQueries({ queryKey: ['own', 'snippets'] });
      notify({ kind: 'done', message: t('snippets.deleted') });
    },
    onError(error) {
      notify({ kind: 'failed', error });
    },
  });
  return (
    <Group gap="xs">
      <Button
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        loading={remove.isPending}
        onClick={open}
      >
        {t('snippets.delete')}
      </Button>
      <Button
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        renderRoot={(props) => <Link to="/jobs/new" search={{ snippet: snippetId }} {...props} />}
      >
        {t('snippets.run')}
      </Button>
      <ConfirmDialog
        opened={opened}
        title={t('snippets.deleteTitle')}
        text={t('snippets.deleteText')}
        confirm={t('snippets.deleteConfirm')}
        color="red"
        onConfirm={() => remove.mutate()}
        onClose={close}
      />
    </Group>
  );
}
