import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { ProviderState } from '@node3/shared/provider';
import {
  changeProvider,
  deleteProvider,
  registerProvider,
  setProviderState,
} from '../../services/manage-providers.ts';
import { listProviders, readProvider, readProviderStats } from '../../services/read-providers.ts';
import { unary } from '../answer-call.ts';
import type { GrpcDeps } from '../grpc-deps.ts';
import {
  type ProviderFields,
  readChange,
  readNewProvider,
  statusWord,
  viewProvider,
} from '../provider-messages.ts';

interface OfProvider {
  provider_id: string;
  reason: string;
}

/** The registry of providers, for the operator. */
export function providerManagementService(deps: GrpcDeps): UntypedServiceImplementation {
  const read = { access: 'operator', kind: 'read', cost: 1 } as const;
  const change = { access: 'operator', kind: 'change', cost: 2 } as const;
  const view = async (word: string) => viewProvider(await readProvider(deps, word));
  const setState = (state: ProviderState) =>
    unary(deps, change, async ({ provider_id: word, reason }: OfProvider) => {
      const why = reason === '' ? null : reason;
      const { providerId } = await setProviderState(deps, word, { state, reason: why });
      return view(providerId);
    });
  return {
    RegisterProvider: unary(deps, change, async (fields: ProviderFields & { name: string }) => {
      const { providerId } = await registerProvider(deps, readNewProvider(fields));
      return view(providerId);
    }),
    GetProvider: unary(deps, read, ({ provider_id: word }: OfProvider) => view(word)),
    GetProviderByName: unary(deps, read, ({ name }: { name: string }) => view(name)),
    ListProviders: unary(deps, read, async ({ status }: { status: string }) => {
      const providers = await listProviders(deps);
      const isAll = status === 'PROVIDER_STATUS_UNSPECIFIED';
      const shown = providers.filter((one) => isAll || statusWord(one.status) === status);
      return { providers: shown.map(viewProvider) };
    }),
    UpdateProvider: unary(
      deps,
      change,
      async (fields: ProviderFields & { provider_id: string }) => {
        const { providerId } = await changeProvider(deps, fields.provider_id, readChange(fields));
        return view(providerId);
      },
    ),
    DeleteProvider: unary(deps, change, async ({ provider_id: word }: OfProvider) => {
      const { name } = await deleteProvider(deps, word);
      return { success: true, message: `${name} is deleted.` };
    }),
    EnableProvider: setState('active'),
    DisableProvider: setState('disabled'),
    GetProviderStats: unary(deps, read, async ({ provider_id: word }: OfProvider) => {
      const stats = await readProviderStats(deps, word);
      const { successRate, runMsMean, utilization } = stats;
      return {
        provider_id: stats.providerId,
        name: stats.name,
        workers: stats.agents,
        jobs_succeeded: stats.jobsSucceeded,
        jobs_failed: stats.jobsFailed,
        ...(successRate !== null && { success_rate: successRate }),
        ...(runMsMean !== null && { average_run_seconds: runMsMean / 1_000 }),
        ...(utilization !== null && { utilization }),
      };
    }),
  };
}
