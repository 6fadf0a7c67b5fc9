import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { limits } from '@node3/shared/limits';
import { createSnippet } from '@node3/shared/routes/snippets';
import { createTemplate } from '@node3/shared/routes/templates';
import { IconCode, IconTemplate } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { ErrorView } from '../../../parts/error-view.tsx';
import { useNotice } from '../../../parts/use-notice.tsx';
import { useJobForm } from '../job-form/job-form-context.ts';
import { DeclareParameters } from './declare-parameters.tsx';
import {
  declareParameters,
  type FoundParameter,
  parameterProblem,
  parametersFound,
  type TypedParameters,
  tooManyParameters,
} from './declared-parameters.ts';

type Kept = 'template' | 'snippet';

/** Keeps the job of the form for later: all but its secrets, or its script alone. */
export function SaveButtons() {
  const { t } = useTranslation();
  const { draft, valid } = useJobForm();
  return (
    <Group justify="space-between" gap="xs">
      <SaveDialog kept="template" disabled={!valid} label={t('save.template')} />
      <SaveDialog
        kept="snippet"
        disabled={!valid || draft.kind !== 'script'}
        label={t('save.snippet')}
      />
    </Group>
  );
}

interface SaveDialogProps {
  kept: Kept;
  label: string;
  disabled: boolean;
}

function SaveDialog({ kept, label, disabled }: SaveDialogProps) {
  const { t } = useTranslation();
  const { draft } = useJobForm();
  const [opened, { open, close }] = useDisclosure(false);
  const [shown, setShown] = useState(false);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const save = useSave(kept, close);
  const { found, change, wrong } = useFoundParameters(kept === 'template' && shown);
  const Icon = kept === 'template' ? IconTemplate : IconCode;
  function submit(event: FormEvent) {
    event.preventDefault();
    // The dialog is a part of the job's form on the page's tree.
    event.stopPropagation();
    save.mutate({ name: name.trim(), description: description.trim(), found });
  }
  return (
    <>
      <Button
        variant="subtle"
        size="compact-sm"
        disabled={disabled}
        leftSection={<Icon size={16} aria-hidden />}
        onClick={() => {
          setName(draft.name);
          save.reset();
          setShown(true);
          open();
        }}
      >
        {label}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        onExitTransitionEnd={() => setShown(false)}
        title={label}
        size={found.length > 0 ? 'lg' : 'md'}
        centered
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <form onSubmit={submit}>
          <Stack gap="md">
            {save.error !== null && <ErrorView error={save.error} />}
            <TextInput
              label={t('save.name')}
              description={t(`save.${kept}.text`)}
              value={name}
              maxLength={128}
              required
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Textarea
              label={t('save.description')}
              value={description}
              maxLength={limits.templateDescriptionChars}
              autosize
              minRows={2}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
            {kept === 'template' && <DeclareParameters found={found} onChange={change} />}
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending} disabled={name.trim() === '' || wrong}>
                {t('save.save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

/**
 * Snippets have no parameters: their script is taken as it is. A script can have thousands of names,
 * which nobody looks for while the dialog is closed.
 */
function useFoundParameters(isLooked: boolean) {
  const spec = useOpenSpec();
  const [typed, setTyped] = useState<TypedParameters>({});
  const found = isLooked ? parametersFound(spec, typed) : [];
  return {
    found,
    change: (name: string, part: Partial<FoundParameter>) =>
      setTyped({ ...typed, [name]: { ...typed[name], ...part } }),
    wrong: tooManyParameters(found) || found.some((one) => parameterProblem(one) !== null),
  };
}

/** What may be kept: all but the secrets. */
function useOpenSpec(): Record<string, unknown> {
  const { secrets: _secrets, ...rest } = useJobForm().spec;
  return rest;
}

interface Saved {
  name: string;
  description: string;
  found: readonly FoundParameter[];
}

function useSave(kept: Kept, close: () => void) {
  const { t } = useTranslation();
  const { client } = useApp();
  const { spec } = useJobForm();
  const openSpec = useOpenSpec();
  const queryClient = useQueryClient();
  const notify = useNotice();
  return useMutation({
    async mutationFn({ name, description, found }: Saved) {
      const about = { name, ...(description === '' ? {} : { description }) };
      if (kept === 'template') {
        const body = { ...about, ...declareParameters(openSpec, found) };
        await client.call(createTemplate, { body });
        return;
      }
      if (spec.workload.kind !== 'script') return;
      const { language, code, image } = spec.workload;
      const { gpus } = spec.resources ?? {};
      const { runSec } = spec.limits ?? {};
      const body = {
        ...about,
        language,
        code,
        ...(image !== undefined && { image }),
        ...(gpus !== undefined && { gpus }),
        ...(runSec !== undefined && { runSec }),
      };
      await client.call(createSnippet, { body });
    },
    onSuccess() {
      void queryClient.invalidateQueries({ queryKey: ['own', `${kept}s`] });
      notify({ kind: 'done', message: t(`save.${kept}.done`) });
      close();
    },
  });
}
