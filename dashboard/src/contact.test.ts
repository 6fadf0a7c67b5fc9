import { describe, expect, it, vi } from 'vitest';
import { askWhetherBack, Contact, watchedFetch } from './contact.ts';

function setUp() {
  const clock = { now: 1_000, nowMs: () => clock.now, monotonicMs: () => clock.now };
  return { clock, contact: new Contact(clock) };
}

describe('Contact', () => {
  it('keeps the start of an outage and the time of the last answer', () => {
    const { clock, contact } = setUp();
    const listener = vi.fn<() => void>();
    contact.subscribe(listener);
    contact.answered();
    clock.now = 2_000;
    contact.failed();
    clock.now = 3_000;
    contact.failed();
    expect(contact.state()).toEqual({ lastAnswerAtMs: 1_000, failingSinceMs: 2_000 });
    contact.answered();
    expect(contact.state()).toEqual({ lastAnswerAtMs: 3_000, failingSinceMs: null });
    expect(listener).toHaveBeenCalledTimes(2);
  });
});

describe('watchedFetch', () => {
  it('notes answers of any status and network failures, but not a cancelled request', async () => {
    const { contact } = setUp();
    const send = vi.fn<typeof fetch>();
    const watched = watchedFetch(contact, send);
    send.mockRejectedValueOnce(new TypeError('network'));
    await expect(watched('/x')).rejects.toThrow('network');
    expect(contact.state().failingSinceMs).not.toBeNull();
    send.mockResolvedValueOnce(new Response(null, { status: 503 }));
    await watched('/x');
    expect(contact.state().failingSinceMs).toBeNull();
    send.mockRejectedValueOnce(new DOMException('gone', 'AbortError'));
    await expect(watched('/x', { signal: AbortSignal.abort() })).rejects.toThrow('gone');
    expect(contact.state().failingSinceMs).toBeNull();
    const signal = AbortSignal.abort(new DOMException('late', 'TimeoutError'));
    send.mockRejectedValueOnce(new DOMException('late', 'TimeoutError'));
    await expect(watched('/x', { signal })).rejects.toThrow('late');
    expect(contact.state().failingSinceMs).not.toBeNull();
  });

  it('marks what changes something as sent by this page, and keeps its other headers', async () => {
    const { contact } = setUp();
    const send = vi.fn<typeof fetch>(async () => new Response(null));
    const watched = watchedFetch(contact, send);
    await watched('/x', { headers: { accept: 'a' } });
    await watched('/x', { method: 'POST', headers: { accept: 'a' } });
    const headers = send.mock.calls.map(([, init]) =>
      Object.fromEntries(new Headers(init?.headers)),
    );
    expect(headers).toEqual([{ accept: 'a' }, { accept: 'a', 'x-node3-csrf': '1' }]);
  });
});

describe('askWhetherBack', () => {
  it('reads the answer to its end, and takes it when there is none', async () => {
    const answer = new Response('{}');
    askWhetherBack(() => Promise.resolve(answer));
    await vi.waitFor(() => expect(answer.bodyUsed).toBe(true));
    const send = vi.fn<typeof fetch>().mockRejectedValue(new TypeError('network'));
    askWhetherBack(send);
    await vi.waitFor(() => expect(send).toHaveBeenCalledOnce());
  });
});
