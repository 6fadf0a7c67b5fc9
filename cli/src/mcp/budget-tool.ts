import type { BudgetOptions } from '@node3/client';
import { assets } from '@node3/shared/money';
import { addTool, type ToolDeps } from './tool.ts';

/** What is there to spend: of the account, of its key, and of this server. */
export function addBudgetTool(deps: ToolDeps, budget: BudgetOptions): void {
  const { node3 } = deps;
  addTool(deps, {
    name: 'get_balance',
    title: 'Look at the balance',
    description:
      'What the account has, what is held for open jobs, the caps of the account and its key, and what ' +
      'this server may spend and has spent since it was started.',
    effect: 'reads',
    input: {},
    async run(_, signal) {
      const [balances, caps] = await Promise.all([
        node3.account.balances({ signal }),
        node3.account.caps({ signal }),
      ]);
      const committed = Object.fromEntries(
        assets.map((asset) => [asset, node3.committed(asset).amount]),
      );
      return { balances, caps, thisServer: { ...budget, committed } };
    },
  });
}
