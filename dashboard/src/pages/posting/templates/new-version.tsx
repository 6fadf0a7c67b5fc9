import { Button, Group, Stack } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { createTemplateVersion, type TemplateDetail } from '@node3/shared/routes/templates';
import type { TemplateParameter } from '@node3/shared/template';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { CodeEditor } from '../../../parts/code-editor/code-editor.tsx';
import { ErrorView } from '../../../parts/error-view.tsx';

interface NewVersionProps {
  template: TemplateDetail;
  onDone: () => void;
}

/** Both parts of a version as JSON; what they may be is for the marketplace to say. */
export function NewVersion({ template, onDone }: NewVersionProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const [specText, setSpecText] = useState(() => JSON.stringify(template.spec, null, 2));
  const [parametersText, setParametersText] = useState(() =>
    JSON.stringify(template.parameters, null, 2),
  );
  const spec = readJson(specText);
  const parameters = readJson(parametersText);
  const { templateId } = template;
  const add = useMutation({
    mutationFn: () =>
      client.call(createTemplateVersion, {
        params: { templateId },
        body: {
          spec: spec as Record<string, unknown>,
          parameters: parameters as TemplateParameter[],
        },
      }),
    onSuccess: onDone,
  });
  const wrong = t('problem.json');
  return (
    <Stack gap="md">
      {add.error !== null && <ErrorView error={add.error} />}
      <CodeEditor
        label={t('templates.spec')}
        description={t('templates.placeholders')}
        value={specText}
        language="json"
        bytesMax={limits.jobBodyBytes}
        error={spec === undefined ? wrong : undefined}
        onChange={setSpecText}
      />
      <CodeEditor
        label={t('templates.parameters')}
        description={t('templates.parametersText')}
        value={parametersText}
        language="json"
        rows={7}
        bytesMax={limits.jobBodyBytes}
        error={parameters === undefined ? wrong : undefined}
        onChange={setParametersText}
      />
      <Group justify="flex-end">
        <Button
          loading={add.isPending}
          disabled={spec === undefined || parameters === undefined}
          onClick={() => add.mutate()}
        >
          {t('save.save')}
        </Button>
      </Group>
    </Stack>
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
