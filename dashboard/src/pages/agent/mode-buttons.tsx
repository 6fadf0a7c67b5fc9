import { Button, Group } from '@mantine/core';
import { type AgentStatus, setAgentMode } from '@node3/shared/routes/agent-local';
import {
  IconAdjustments,
  IconDoorExit,
  IconPlayerPause,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useNotice } from '../../parts/use-notice.tsx';

type Asked = 'pause' | 'drain';

/** Pause and drain ask first, because both stop the earning; resuming needs no question. */
export function ModeButtons({ status }: { status: AgentStatus }) {
  const { active, state, stateSaid } = status;
  const { t } = useTranslation();
  const notify = useNotice();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const setMode = useMutation({
    mutationFn: (mode: 'run' | 'pause' | 'drain') => client.call(setAgentMode, { body: { mode } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['local', 'status'] }),
    onError: (error) => notify({ kind: 'failed', error }),
  });
  const isPausedHere = state === 'paused' && stateSaid.some(({ code }) => code === 'paused');
  const isClosed = state === 'paused' && stateSaid.some(({ code }) => code?.startsWith('policy'));
  // What the policy or the marketplace holds, nobody resumes here.
  const stopped = isPausedHere || state === 'draining' || state === 'held';
  const asking = asked ?? 'pause';
  return (
    <Group gap="sm">
      {isClosed && (
        <Button
          leftSection={<IconAdjustments size={16} aria-hidden />}
          renderRoot={(button) => <Link to="/policy" {...button} />}
        >
          {t('mode.policy')}
        </Button>
      )}
      {stopped ? (
        <Button
          loading={setMode.isPending}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          onClick={() => setMode.mutate('run')}
        >
          {t('mode.resume')}
        </Button>
      ) : (
        <Button
          variant="default"
          loading={setMode.isPending}
          leftSection={<IconPlayerPause size={16} aria-hidden />}
          onClick={() => setAsked('pause')}
        >
          {t('mode.pause')}
        </Button>
      )}
      {state !== 'draining' && (
        <Button
          variant="default"
          disabled={setMode.isPending}
          leftSection={<IconDoorExit size={16} aria-hidden />}
          onClick={() => setAsked('drain')}
        >
          {t('mode.drain')}
        </Button>
      )}
      <ConfirmDialog
        opened={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={() => setMode.mutate(asking)}
        title={t(`mode.${asking}.title`)}
        text={`${t(`mode.${asking}.text`)} ${t('mode.active', { count: active.length })}`}
        confirm={t(`mode.${asking}.confirm`)}
        color={asking === 'drain' ? 'red' : 'indigo'}
      />
    </Group>
  );
}
