import { SdkErrorCode } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connect } from '../../../shared/bridge/connection.ts';
import { inProcessServer } from '../../support/in-process-server.ts';

const never = () => new AbortController().signal;
const silent = () => inProcessServer(() => undefined, { version: '' });

describe('connect', () => {
  it('introduces itself as the tools, and gives a client that works', async () => {
    const { asked, opening } = inProcessServer();
    const { client } = await connect(opening, never());
    expect(asked.map(({ method }) => method)).toEqual(['initialize', 'notifications/initialized']);
    expect(asked[0]?.params).toMatchObject({ clientInfo: { name: 'central-ops', version: '1.0.0' } });
    expect(await client.ping()).toEqual({});
  });

  it('asks for the newest revision of MCP only where the opening says so, for it costs a request', async () => {
    const { asked, opening } = inProcessServer(undefined, { mode: 'auto' });
    await connect(opening, never());
    expect(asked[0]?.method).toBe('server/discover');
  });

  it('passes on what the opening knows of its server, and knows nothing of one that tells nothing', async () => {
    const { opening } = inProcessServer(undefined, { complaints: () => 'no disk', ended: () => 'too_large' });
    const told = await connect(opening, never());
    expect([told.complaints(), told.ended()]).toEqual(['no disk', 'too_large']);
    const untold = await connect(inProcessServer().opening, never());
    expect([untold.complaints(), untold.ended()]).toEqual(['', undefined]);
  });

  it('closes what the opening has first, while its transport is there, and then the transport', async () => {
    const { events, opening } = inProcessServer();
    const { client, close } = await connect(opening, never());
    const closed = vi.fn();
    client.onclose = closed;
    await close();
    expect(events.slice(0, 3)).toEqual(['start', 'end', 'close']);
    expect(closed).toHaveBeenCalled();
    const { transport, mode } = inProcessServer().opening;
    await expect((await connect({ transport, mode }, never())).close()).resolves.toBeUndefined();
  });
});

describe('a server that cannot be connected', () => {
  it('is given up when the call that asked for it ends, and leaves nothing', async () => {
    const { events, opening } = silent();
    const call = new AbortController();
    const connecting = connect(opening, call.signal);
    call.abort(new Error('deadline'));
    await expect(connecting).rejects.toThrow('deadline');
    expect(events.slice(0, 3)).toEqual(['start', 'end', 'close']);
  });

  it('is not started for a call that has ended before', async () => {
    const { events, opening } = inProcessServer();
    await expect(connect(opening, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    expect(events).not.toContain('start');
    expect(events).toContain('end');
  });

  it('is given up after 20 seconds without an answer', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { events, opening } = silent();
    const outcome = vi.fn();
    const connecting = connect(opening, never()).catch(outcome);
    await vi.advanceTimersByTimeAsync(19_999);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await connecting;
    expect(outcome).toHaveBeenCalledWith(expect.objectContaining({ code: SdkErrorCode.RequestTimeout }));
    expect(events).toContain('end');
  });

  it('says why, even when it cannot be closed either', async () => {
    const end = () => Promise.reject(new Error('cannot end'));
    const { opening } = inProcessServer(undefined, { version: '1999-01-01', end });
    await expect(connect(opening, never())).rejects.toThrow('protocol version');
  });

  it('is not what one is whose first call has ended: it stays connected', async () => {
    const { events, opening } = inProcessServer();
    const call = new AbortController();
    const { client } = await connect(opening, call.signal);
    call.abort(new Error('the call has ended'));
    expect(await client.ping()).toEqual({});
    expect(events).toEqual(['start']);
  });
});
