import { beforeEach, describe, expect, it, vi } from 'vitest';

type Logger = typeof import('../../shared/logger.ts');

/** The logger of a new Lambda instance, with what it writes: lines of log and, on the console, sets of metrics. */
async function load(): Promise<Logger & { lines: Record<string, unknown>[]; metrics: Record<string, unknown>[] }> {
  vi.resetModules();
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  // Powertools writes to stdout by a console of its own, unless it is in development.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  const lines: Record<string, unknown>[] = [];
  const metrics: Record<string, unknown>[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => void metrics.push(JSON.parse(text)));
  for (const level of ['info', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((text) => void lines.push(JSON.parse(text)));
  return { ...(await import('../../shared/logger.ts')), lines, metrics };
}

beforeEach(() => () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('Audit', () => {
  it('writes one line with what the call did', async () => {
    const { Audit, lines } = await load();
    const audit = new Audit('list_accounts', { caller: 'somebody', cells: 1 });
    audit.requestStarted();
    audit.requestStarted();
    audit.requestEnded({ requestId: 'r-1' });
    audit.requestEnded(undefined);
    audit.requestStarted();
    audit.requestEnded({});
    audit.session('s-1');
    audit.session('s-1');
    audit.note({ cells: 4 });
    expect(lines).toEqual([]);
    audit.end('ok');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'INFO',
      message: 'tool call',
      service: 'central-ops-tools',
      tool: 'list_accounts',
      outcome: 'ok',
      caller: 'somebody',
      cells: 4,
      cold_start: true,
      aws_requests: 3,
      peak_in_flight: 2,
      aws_request_ids: ['r-1'],
      sessions: ['s-1'],
      duration_ms: expect.any(Number),
    });
  });

  it('says cold_start of the first call of an instance only', async () => {
    const { Audit, lines } = await load();
    for (const tool of ['a', 'b', 'c']) new Audit(tool, {}).end('ok');
    expect(lines.map(({ cold_start }) => cold_start)).toEqual([true, false, false]);
  });

  it('measures from the beginning of the call', async () => {
    const { Audit, lines, metrics } = await load();
    const now = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    const audit = new Audit('a', {});
    now.mockReturnValue(1_250.4);
    audit.end('ok');
    expect(lines[0]?.duration_ms).toBe(250);
    expect(metrics[0]?.Duration).toBe(250);
  });

  it('lists 20 request IDs and 20 sessions at most, and counts all requests', async () => {
    const { Audit, lines } = await load();
    const audit = new Audit('a', {});
    for (let index = 0; index < 30; index++) {
      audit.requestStarted();
      audit.requestEnded({ requestId: `r-${index}` });
      audit.session(`s-${index}`);
    }
    audit.end('ok');
    const twenty = Array.from({ length: 20 }, (_, index) => index);
    expect(lines[0]).toMatchObject({
      aws_requests: 30,
      peak_in_flight: 1,
      aws_request_ids: twenty.map((index) => `r-${index}`),
      sessions: twenty.map((index) => `s-${index}`),
    });
  });

  it.each([
    ['ok', 'Success', undefined],
    ['partial', 'Success', 'Outcome_partial'],
    ['access_denied', 'Failure', 'Outcome_access_denied'],
    ['internal', 'Failure', 'Outcome_internal'],
  ])('publishes the metrics of a call that ended %s', async (outcome, kind, byOutcome) => {
    const { Audit, metrics } = await load();
    const audit = new Audit('list_accounts', {});
    audit.requestStarted();
    audit.end(outcome);
    expect(metrics).toHaveLength(1);
    const [{ _aws, ...set } = {}] = metrics as { _aws?: { CloudWatchMetrics: object[] } }[];
    const names = ['Duration', 'AwsRequests', kind, ...(byOutcome === undefined ? [] : [byOutcome])];
    expect(set).toEqual({
      service: 'central-ops-tools',
      tool: 'list_accounts',
      Duration: expect.any(Number),
      AwsRequests: 1,
      ...Object.fromEntries(names.slice(2).map((name) => [name, 1])),
    });
    expect(_aws?.CloudWatchMetrics).toEqual([
      {
        Namespace: 'CentralOpsTools',
        Dimensions: [['service', 'tool']],
        Metrics: names.map((Name) => ({ Name, Unit: Name === 'Duration' ? 'Milliseconds' : 'Count' })),
      },
    ]);
  });

  it("keeps one call's metrics out of the next one's", async () => {
    const { Audit, metrics } = await load();
    new Audit('a', {}).end('timeout');
    new Audit('b', {}).end('ok');
    expect(metrics[1]).toMatchObject({ tool: 'b', Success: 1 });
    expect(metrics[1]).not.toHaveProperty('Failure');
  });
});

describe('divertLog', () => {
  it('sends lines of every level to the writer, and metrics nowhere', async () => {
    const { Audit, divertLog, lines, logFault, metrics } = await load();
    const written: string[] = [];
    divertLog((line) => void written.push(line));
    new Audit('a', {}).end('ok');
    logFault(new Error('x'));
    expect(written.map((line) => JSON.parse(line).message)).toEqual(['tool call', 'fault']);
    expect([...lines, ...metrics]).toEqual([]);
  });
});

describe('logFault', () => {
  it('gives the name and where it was, and no word of the message', async () => {
    const { lines, logFault } = await load();
    const fault = new TypeError('CANARY one\nCANARY two');
    const places = Array.from({ length: 12 }, (_, index) => `    at place${index} (file.ts:${index})`);
    fault.stack = ['TypeError: CANARY one', 'CANARY two', ...places, '  CANARY at'].join('\n');
    logFault(fault);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'ERROR', message: 'fault', name: 'TypeError', stack: places.slice(0, 8) });
    expect(JSON.stringify(lines)).not.toContain('CANARY');
  });

  it('takes what is no error, and an error without a stack', async () => {
    const { lines, logFault } = await load();
    logFault('CANARY');
    const bare = new Error('CANARY');
    delete bare.stack;
    logFault(bare);
    expect(lines.map(({ name }) => name)).toEqual(['Error', 'Error']);
    expect(JSON.stringify(lines)).not.toContain('CANARY');
  });
});
