import type { Client } from '@node3/shared/client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useNotice } from '../../../parts/use-notice.tsx';
import { operatorKey } from '../../../queries/operator.ts';

/** @returns what is said once it is done. */
export type Operation = (client: Client) => Promise<string>;

/** Does something as the operator, says how it went, and reads again what may have changed. */
export function useOperate() {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const notify = useNotice();
  const mutation = useMutation({
    mutationFn: (operation: Operation) => operation(client),
    onSuccess: (message) => notify({ kind: 'done', message }),
    onError: (error) => notify({ kind: 'failed', title: t('op.act.failed'), error }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: operatorKey }),
  });
  return { isBusy: mutation.isPending, operate: mutation.mutate };
}
