import { Button, Group, Modal, NumberInput, Stack } from '@mantine/core';
import { systemIds } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { FlowDetail } from '@node3/shared/routes/flows';
import { startRun } from '@node3/shared/routes/redmind';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CodeEditor } from '../../parts/code-editor/code-editor.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { parseJson } from './flow-draft.ts';
import { RunPrice } from './run-price.tsx';

/** Another input or limit is another run. */
const newKey = () => systemIds.secret(18);

/** Asks for the input of a run, and starts it. Pressed twice it starts one. */
export function RunDialog({ flow, onClose }: { flow: FlowDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const navigate = useNavigate();
  const [text, setText] = useState('{}');
  const [seconds, setSeconds] = useState<number | string>(limits.flowRunSecDefault);
  const [idempotencyKey, setIdempotencyKey] = useState(newKey);
  const input = parseJson(text);
  const start = useMutation({
    mutationFn: () => {
      const { flowId, version } = flow;
      const body = { flow_id: flowId, version, input, timeout_seconds: Number(seconds) };
      return client.call(startRun, { body }, { idempotencyKey });
    },
    onSuccess: ({ runId }) => navigate({ to: '/runs/$runId', params: { runId } }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (input !== undefined) start.mutate();
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('flow.runTitle', { name: flow.name, version: flow.version })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {start.error !== null && <ErrorView error={start.error} />}
          <CodeEditor
            label={t('flow.runInput')}
            description={t('flow.runInputText')}
            value={text}
            onChange={(typed) => {
              setText(typed);
              setIdempotencyKey(newKey());
            }}
            language="json"
            bytesMax={limits.flowInputBytes}
            rows={8}
            error={input === undefined ? t('flow.notJson') : undefined}
          />
          <NumberInput
            label={t('flow.timeout')}
            description={t('flow.timeoutText')}
            value={seconds}
            onChange={(typed) => {
              setSeconds(typed);
              setIdempotencyKey(newKey());
            }}
            min={1}
            max={limits.flowRunSecMax}
            allowDecimal={false}
          />
          <RunPrice graph={flow.graph} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('action.close')}
            </Button>
            <Button type="submit" loading={start.isPending} disabled={input === undefined}>
              {t('flow.start')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
