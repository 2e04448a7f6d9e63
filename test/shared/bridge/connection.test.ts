import { type JSONRPCMessage, SdkErrorCode, type Transport } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect, type Opening } from '../../../shared/bridge/connection.ts';

type Message = JSONRPCMessage & { id?: number; method?: string; params?: Record<string, unknown> };

/** A server in this process: it answers initialize and ping unless it is silent. What happens at its end stands in `events`. */
function server({ silent = false, version = '2025-11-25' } = {}) {
  const events: string[] = [];
  const sent: Message[] = [];
  const transport: Transport = {
    start: async () => void events.push('start'),
    send: async (message) => {
      const { id, method } = message as Message;
      sent.push(message as Message);
      if (silent || id === undefined) return;
      const initialized = { protocolVersion: version, capabilities: {}, serverInfo: { name: 'it', version: '1' } };
      queueMicrotask(() =>
        transport.onmessage?.({ jsonrpc: '2.0', id, result: method === 'initialize' ? initialized : {} }),
      );
    },
    close: async () => {
      events.push('close');
      transport.onclose?.();
    },
  };
  const opening = (more: Partial<Opening> = {}): Opening => ({ transport, mode: 'legacy', ...more });
  return { events, sent, opening };
}

const never = () => new AbortController().signal;
const failing = () => Promise.reject(new Error('cannot end'));

describe('connect', () => {
  it('introduces itself as the tools, and gives a client that works', async () => {
    const { sent, opening } = server();
    const { client } = await connect(opening(), never());
    expect(sent.map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized']);
    expect(sent[0]?.params).toMatchObject({ clientInfo: { name: 'central-ops', version: '1.0.0' } });
    expect(await client.ping()).toEqual({});
  });

  it('passes on what the opening knows of its server, and knows nothing of one that tells nothing', async () => {
    const told = await connect(server().opening({ complaints: () => 'no disk', ended: () => 'too_large' }), never());
    expect([told.complaints(), told.ended()]).toEqual(['no disk', 'too_large']);
    const silent = await connect(server().opening(), never());
    expect([silent.complaints(), silent.ended()]).toEqual(['', undefined]);
  });

  it('closes what the opening has first, while its transport is there, and then the transport', async () => {
    const { events, opening } = server();
    const { client, close } = await connect(opening({ end: () => void events.push('end') }), never());
    const closed = vi.fn();
    client.onclose = closed;
    await close();
    expect(events.slice(0, 3)).toEqual(['start', 'end', 'close']);
    expect(closed).toHaveBeenCalled();
    const plain = server();
    await (await connect(plain.opening(), never())).close();
    expect(plain.events).toContain('close');
  });
});

describe('a server that cannot be connected', () => {
  it('is given up when the call that asked for it ends, and leaves nothing', async () => {
    const { events, opening } = server({ silent: true });
    const call = new AbortController();
    const connecting = connect(opening({ end: () => void events.push('end') }), call.signal);
    call.abort(new Error('deadline'));
    await expect(connecting).rejects.toThrow('deadline');
    expect(events.slice(0, 3)).toEqual(['start', 'end', 'close']);
  });

  it('is not started for a call that has ended before', async () => {
    const { events, opening } = server();
    const ended = vi.fn();
    await expect(connect(opening({ end: ended }), AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(events).not.toContain('start');
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('is given up after 20 seconds without an answer', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { events, opening } = server({ silent: true });
    const outcome = vi.fn();
    const connecting = connect(opening(), never()).catch(outcome);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await connecting;
    expect(outcome).toHaveBeenCalledWith(expect.objectContaining({ code: SdkErrorCode.RequestTimeout }));
    expect(events).toContain('close');
  });

  it('says why, even when it cannot be closed either', async () => {
    const { opening } = server({ version: '1999-01-01' });
    await expect(connect(opening({ end: failing }), never())).rejects.toThrow('protocol version');
  });

  it('does not disturb a connected one when the call that opened it ends', async () => {
    const { events, opening } = server();
    const call = new AbortController();
    const { client } = await connect(opening(), call.signal);
    call.abort(new Error('the call has ended'));
    expect(await client.ping()).toEqual({});
    expect(events).toEqual(['start']);
  });
});
