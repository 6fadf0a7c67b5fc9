import { createHash } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import { Keypair } from '@solana/web3.js';
import { Chain } from './chain/chain.ts';
import { loadLitesvm } from './chain/litesvm-loader.ts';
import { devnetUsdcMint } from './chain/program-address.ts';
import { Faucet } from './faucet/faucet.ts';
import type { Faults } from './faults/faults.ts';
import { describeLocalnet } from './localnet-info.ts';
import { answerText } from './rpc/dispatch.ts';
import { createDispatcher } from './rpc-node.ts';

export interface EmbeddedLocalnetOptions {
  /** Everything random about the chain follows from this. */
  seed: string;
  confirmedLagSlots: number;
  finalizedLagSlots: number;
  clock: Clock;
  log: Logger;
}

/** An RPC node without sockets: the text of a request goes in, the text of the answer comes out. */
export interface EmbeddedNode {
  readonly faults: Faults;
  /** From now on this node is so many slots behind the chain. */
  setLagSlots(slots: number): void;
  /** Throws ConnectionCut where a server would cut the connection. */
  post(body: string): Promise<{ text: string; httpStatus: number }>;
}

/**
 * The localnet without sockets, timers and chance: the same seed and the same calls give the same
 * chain, to the byte. Slots pass only by `chain.advanceSlot()`.
 */
export interface EmbeddedLocalnet {
  readonly chain: Chain;
  readonly faucet: Faucet;
  readonly usdcMint: string;
  /** @param hang what a `hang` fault does in place of waiting; null stands for no answer at all. */
  openNode(hang: (ms: number | null) => Promise<void>): EmbeddedNode;
}

/** Throws LocalnetUnsupportedError without litesvm. */
export async function openEmbeddedLocalnet(
  options: EmbeddedLocalnetOptions,
): Promise<EmbeddedLocalnet> {
  const { clock, log, confirmedLagSlots, finalizedLagSlots } = options;
  const seedOf = (purpose: string) =>
    createHash('sha256').update(`${options.seed}:${purpose}`).digest();
  const chain = new Chain({
    litesvm: await loadLitesvm(),
    clock,
    lags: { processed: 0, confirmed: confirmedLagSlots, finalized: finalizedLagSlots },
    saved: null,
    seed: seedOf('blockhashes'),
  });
  const faucet = new Faucet(chain, Keypair.fromSeed(seedOf('faucet')).secretKey);
  faucet.plantGenesis();
  const info = describeLocalnet(chain, faucet, 'manual');
  return {
    chain,
    faucet,
    usdcMint: devnetUsdcMint,
    openNode(hang) {
      const dispatcher = { ...createDispatcher({ chain, faucet, log, info }, 0), hang };
      const never = new AbortController().signal;
      return {
        faults: dispatcher.context.faults,
        setLagSlots(slots) {
          dispatcher.context.view.lagSlots = slots;
        },
        post: (body) => answerText(dispatcher, body, never),
      };
    },
  };
}
