import { describe, expect, it, vi } from 'vitest';
import { bridges, catalog } from '../../schemas/catalog.ts';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { clientConfiguration, MAX_SOCKETS } from '../../shared/aws-clients.ts';
import { ask, configure, inFakeAws } from '../support/in-fake-aws.ts';

const aws = inFakeAws();

describe('the switch that stops everything', () => {
  it.each([...catalog, ...bridges].map((tool) => [tool.name, tool] as const))(
    'AISVS 9.6.1 makes %s refuse by name, and nothing is called',
    async (_, tool) => {
      vi.stubEnv('CENTRAL_OPS_STOPPED', 'yes');
      const { error } = await ask(tool, tool.example.input);
      expect(error).toMatchObject({ code: 'not_configured', message: expect.stringContaining('stopped') });
      expect(aws().requests).toEqual([]);
    },
  );
});

describe('a client of ours', () => {
  it('4.4 says each of its limits itself, so that a new default of the SDK changes nothing', async () => {
    const { requestHandler, ...client } = clientConfiguration('us-east-1', ['us-east-1']);
    expect(client).toMatchObject({ maxAttempts: 3, retryMode: 'standard', defaultsMode: 'legacy' });
    // The handler reads its options with its first request.
    await ask(describeEc2Instances, { account_id: '111111111111' });
    expect(requestHandler.httpHandlerConfigs()).toMatchObject({
      connectionTimeout: 2_000,
      requestTimeout: 8_000,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: MAX_SOCKETS, keepAlive: true },
      httpsAgent: { maxSockets: MAX_SOCKETS, keepAlive: true },
    });
    expect(MAX_SOCKETS).toBe(64);
  });
});

describe('a server that stays silent', () => {
  it('4.3 sees its sockets closed once the call was answered', async () => {
    const accounts = Array.from({ length: 8 }, (_, index) => String(710_000_000_000 + index));
    configure(aws(), { accounts });
    for (const account of accounts) aws().faults.set(account, 'silent');
    const answer = await ask(describeEc2Instances, { account_id: 'all' }, 3_000);
    expect(answer.failures?.map(({ code }) => code)).toEqual(accounts.map(() => 'timeout'));
    // The server itself would close what rests after five seconds only.
    await vi.waitFor(async () => expect(await aws().openConnections()).toBe(0), { timeout: 2_000 });
  });
});
