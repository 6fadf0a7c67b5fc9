import { describe, expect, it } from 'vitest';
import { sampleOffer } from '../testing/sample-offer.ts';
import { readMessages } from './read-messages.ts';

describe('readMessages', () => {
  it('passes what follows the contract', () => {
    const messages = [sampleOffer(), { type: 'drain' }];
    expect(readMessages({ messages })).toEqual({ messages, refused: 0 });
  });

  it.each([
    ['an id that leaves its folder', { ...sampleOffer(), executionId: '../../../etc' }],
    ['an id that is no text', { ...sampleOffer(), executionId: 1 }],
    ['devices that are no list', { ...sampleOffer(), deviceIds: null }],
    ['a lease without end', { ...sampleOffer(), leaseMs: '45000' }],
    ['an unknown field', { ...sampleOffer(), run: 'x' }],
    ['an unknown kind', { type: 'obey' }],
    [
      'depth that ends the stack',
      { ...sampleOffer(), spec: JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) },
    ],
    ['nothing', null],
  ])('leaves out %s and keeps the rest', (_what, message) => {
    const drain = { type: 'drain' };
    expect(readMessages({ messages: [message, drain] })).toEqual({ messages: [drain], refused: 1 });
  });

  it.each([null, 'x', {}, { messages: {} }])('reads %j as no message', (reply) => {
    expect(readMessages(reply)).toEqual({ messages: [], refused: 1 });
  });
});
