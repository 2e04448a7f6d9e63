import { EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listAccounts } from '../../schemas/list-accounts.ts';
import { testCall } from '../support/call.ts';
import { answerAssumeRole, stsMock, useMockedAws } from '../support/mock-aws.ts';

const cell = { account: '111111111111', region: 'us-east-1' };
const assumed = () => stsMock.commandCalls(AssumeRoleCommand).map((call) => call.args[0].input);
// Fresh for each test, as a new Lambda instance is.
const load = () => import('../../shared/assume-role.ts');

describe('clientFor', () => {
  useMockedAws();
  afterEach(() => void vi.useRealTimers());

  it('asks for a session that may do exactly what the tool declares, for an hour, with the external ID', async () => {
    const { clientFor } = await load();
    const call = testCall();
    await clientFor(EC2Client, cell, call);
    const [input] = assumed();
    expect(input).toMatchObject({
      RoleArn: 'arn:aws:iam::111111111111:role/CentralOpsTargetRole',
      RoleSessionName: `describe_ec2_instances@${call.requestId.replaceAll('-', '')}`,
      DurationSeconds: 3_600,
      ExternalId: 'external-id',
    });
    expect(JSON.parse(input?.Policy ?? '').Statement).toEqual([
      { Effect: 'Allow', Action: ['ec2:DescribeInstances'], Resource: '*' },
    ]);
  });

  it('asks STS once for 100 calls at once, and not again while the session is fresh', async () => {
    const { clientFor } = await load();
    const call = testCall();
    await Promise.all(Array.from({ length: 100 }, () => clientFor(EC2Client, cell, call)));
    await clientFor(EC2Client, { ...cell, region: 'eu-west-1' }, testCall());
    expect(assumed()).toHaveLength(1);
  });

  it('never lets two tools or two accounts share a session', async () => {
    const { clientFor } = await load();
    await clientFor(EC2Client, cell, testCall());
    await clientFor(
      EC2Client,
      cell,
      testCall({ tool: { ...(listAccounts as never as object), iam: ['ec2:DescribeInstances'] } as never }),
    );
    await clientFor(EC2Client, { ...cell, account: '222222222222' }, testCall());
    expect(assumed()).toHaveLength(3);
  });

  it('signs with the credentials of the account asked for, whatever was asked before', async () => {
    const { clientFor } = await load();
    const accounts = ['111111111111', '222222222222', '111111111111'];
    for (const account of accounts) {
      const client = await clientFor(EC2Client, { ...cell, account }, testCall());
      const { sessionToken } = await client.config.credentials();
      expect(sessionToken).toBe(`session of ${account}`);
    }
  });

  it('renews a session in time, once for all, and never signs past its end', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { clientFor } = await load();
    const start = Date.now();
    // Three hours of calls every minute: each request is signed with credentials that are still valid.
    for (let minute = 0; minute < 180; minute++) {
      vi.setSystemTime(start + minute * 60_000);
      const clients = await Promise.all(Array.from({ length: 5 }, () => clientFor(EC2Client, cell, testCall())));
      const { expiration } = await (clients[0] as EC2Client).config.credentials();
      expect(expiration?.getTime()).toBeGreaterThan(Date.now());
    }
    expect(assumed()).toHaveLength(4);
  });

  it('shares one refusal among the Regions of a call, and asks anew in the next call', async () => {
    stsMock.on(AssumeRoleCommand).rejects(Object.assign(new Error('CANARY'), { name: 'AccessDenied' }));
    const { clientFor } = await load();
    const call = testCall();
    const codes = await Promise.all(
      ['us-east-1', 'eu-west-1'].map((region) =>
        clientFor(EC2Client, { ...cell, region }, call).catch((error) => `${error.code} ${error.message}`),
      ),
    );
    await clientFor(EC2Client, cell, call).catch(() => {});
    expect(assumed()).toHaveLength(1);
    expect(codes[0]).toContain('role_not_assumable');
    expect(codes.join()).not.toContain('CANARY');
    await clientFor(EC2Client, cell, testCall()).catch(() => {});
    expect(assumed()).toHaveLength(2);
  });

  it('recovers after a failed attempt: a failure is never kept as a session', async () => {
    stsMock
      .on(AssumeRoleCommand)
      .rejectsOnce(new Error('socket'))
      .callsFake(async (input) => answerAssumeRole(input));
    const { clientFor } = await load();
    await expect(clientFor(EC2Client, cell, testCall())).rejects.toThrow();
    await expect(clientFor(EC2Client, cell, testCall())).resolves.toBeDefined();
  });

  it.each([
    ['another account', (arn: string) => arn.replace('111111111111', '222222222222')],
    ['another role', (arn: string) => arn.replace('CentralOpsTargetRole', 'Administrator')],
    ['another session', (arn: string) => `${arn}x`],
    ['nobody', () => undefined],
  ])('stops everything when the session is of %s', async (_, change) => {
    stsMock.on(AssumeRoleCommand).callsFake(async (input) => {
      const answer = answerAssumeRole(input);
      return { ...answer, AssumedRoleUser: { ...answer.AssumedRoleUser, Arn: change(answer.AssumedRoleUser.Arn) } };
    });
    const { clientFor } = await load();
    const error = await clientFor(EC2Client, cell, testCall()).catch((thrown) => thrown);
    expect(error.constructor.name).toBe('FatalError');
  });

  it.each([
    ['AccessDenied', 'role_not_assumable'],
    ['RegionDisabledException', 'role_not_assumable'],
    ['InvalidClientTokenId', 'role_not_assumable'],
    ['MalformedPolicyDocument', 'internal'],
    ['PackedPolicyTooLarge', 'internal'],
    ['ExpiredTokenException', 'unavailable'],
    ['Throttling', 'throttled'],
    ['TimeoutError', 'timeout'],
  ])('maps %s of STS to %s', async (name, code) => {
    stsMock.on(AssumeRoleCommand).rejects(Object.assign(new Error('CANARY'), { name }));
    const { clientFor } = await load();
    const error = await clientFor(EC2Client, cell, testCall()).catch((thrown) => thrown);
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('CANARY');
  });
});

describe('sessionName', () => {
  it('is one that STS takes, for any request ID', async () => {
    const { sessionName } = await load();
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (requestId) =>
        /^[A-Za-z0-9_+=,.@-]{2,64}$/.test(
          sessionName({ tool: { name: 'describe_ec2_security_groups' } as never, requestId }),
        ),
      ),
      { numRuns: 10_000 },
    );
  });
});
