import { EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listAccounts } from '../../schemas/list-accounts.ts';
import type { Call } from '../../shared/call.ts';
import { testCall } from '../support/call.ts';
import { eventually } from '../support/eventually.ts';
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

  it('renews a session from six minutes before its end, and not before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { clientFor } = await load();
    const start = Date.now();
    await clientFor(EC2Client, cell, testCall());
    vi.setSystemTime(start + 54 * 60_000 - 1);
    await clientFor(EC2Client, cell, testCall());
    expect(assumed()).toHaveLength(1);
    vi.setSystemTime(start + 54 * 60_000);
    await clientFor(EC2Client, cell, testCall());
    expect(assumed()).toHaveLength(2);
  });

  it('lets a kept client sign with the renewed session, and with none when it could not be renewed', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { clientFor } = await load();
    const start = Date.now();
    const client = await clientFor(EC2Client, cell, testCall());
    const first = await client.config.credentials();
    vi.setSystemTime(start + 56 * 60_000);
    await clientFor(EC2Client, cell, testCall());
    const second = await client.config.credentials();
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    stsMock.on(AssumeRoleCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    vi.setSystemTime(start + 112 * 60_000);
    await clientFor(EC2Client, cell, testCall()).catch(() => {});
    await expect(client.config.credentials()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The session expired while the call ran. Ask again.',
    });
  });

  it('asks anew when all who waited have left, and keeps that session when the forsaken one fails late', async () => {
    const answers: PromiseWithResolvers<void>[] = [];
    stsMock.on(AssumeRoleCommand).callsFake(async (input) => {
      const answer = Promise.withResolvers<void>();
      answers.push(answer);
      await answer.promise;
      return answerAssumeRole(input);
    });
    const { clientFor } = await load();
    const deadline = new AbortController();
    const first = clientFor(EC2Client, cell, testCall({ signal: deadline.signal }));
    await eventually(() => expect(answers).toHaveLength(1));
    deadline.abort(new Error('deadline'));
    await expect(first).rejects.toThrow('deadline');
    const second = clientFor(EC2Client, cell, testCall());
    await eventually(() => expect(answers).toHaveLength(2));
    answers[0]?.reject(new Error('late'));
    answers[1]?.resolve();
    await second;
    await clientFor(EC2Client, cell, testCall());
    expect(assumed()).toHaveLength(2);
  });

  it("asks the function's own Region, in the partition of the function", async () => {
    const { clientFor } = await load();
    const self = { partition: 'aws-cn', region: 'cn-north-1', account: '999999999999' };
    await clientFor(EC2Client, cell, testCall({ self }));
    const [asked] = stsMock.commandCalls(AssumeRoleCommand);
    expect(asked?.args[0].input.RoleArn).toBe('arn:aws-cn:iam::111111111111:role/CentralOpsTargetRole');
    expect(await asked?.thisValue.config.region()).toBe('cn-north-1');
  });

  it.each<[string, (call: Call) => Call]>([
    ['another partition', (call) => ({ ...call, self: { ...call.self, partition: 'aws-cn' } })],
    ['another role', (call) => ({ ...call, configuration: { ...call.configuration, targetRoleName: 'Other' } })],
    ['another external ID', (call) => ({ ...call, configuration: { ...call.configuration, externalId: 'other' } })],
    [
      'a role and an external ID that read the same when put together',
      (call) => ({
        ...call,
        configuration: { ...call.configuration, targetRoleName: 'CentralOpsTargetRolee', externalId: 'xternal-id' },
      }),
    ],
    ['other actions', (call) => ({ ...call, tool: { ...call.tool, iam: ['ec2:DescribeVpcs'] } })],
  ])('never shares a session with %s', async (_, change) => {
    const { clientFor } = await load();
    await clientFor(EC2Client, cell, testCall());
    await clientFor(EC2Client, cell, change(testCall()));
    expect(assumed()).toHaveLength(2);
  });

  it('tells the audit line of each call which session it used', async () => {
    const { clientFor } = await load();
    const call = () => {
      const made = testCall();
      vi.spyOn(made.audit, 'session');
      return made;
    };
    const [first, second] = [call(), call()];
    await clientFor(EC2Client, cell, first);
    await clientFor(EC2Client, cell, second);
    const name = `describe_ec2_instances@${first.requestId.replaceAll('-', '')}`;
    for (const { audit } of [first, second]) expect(audit.session).toHaveBeenCalledExactlyOnceWith(name);
  });

  it('stops everything when STS does not say whose session it is', async () => {
    stsMock.on(AssumeRoleCommand).callsFake(async (input) => ({ Credentials: answerAssumeRole(input).Credentials }));
    const { clientFor } = await load();
    const error = await clientFor(EC2Client, cell, testCall()).catch((thrown) => thrown);
    expect(error.constructor.name).toBe('FatalError');
  });

  it.each(['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'])(
    'is unavailable when STS gives no %s',
    async (missing) => {
      stsMock.on(AssumeRoleCommand).callsFake(async (input) => {
        const answer = answerAssumeRole(input);
        return { ...answer, Credentials: { ...answer.Credentials, [missing]: undefined } };
      });
      const { clientFor } = await load();
      await expect(clientFor(EC2Client, cell, testCall())).rejects.toMatchObject({
        code: 'unavailable',
        message: 'STS answered without credentials. Ask again later.',
      });
    },
  );

  it.each([{}, { AssumedRoleUser: { Arn: 'arn' } }])(
    'is unavailable when STS gives no credentials: %j',
    async (answer) => {
      stsMock.on(AssumeRoleCommand).resolves(answer as object);
      const { clientFor } = await load();
      await expect(clientFor(EC2Client, cell, testCall())).rejects.toMatchObject({ code: 'unavailable' });
    },
  );

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
    expect(error).toMatchObject({
      code: 'internal',
      message: 'STS gave credentials of another account or role than asked for. Nothing was called with them.',
    });
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

  const DENIED = 'User: x is not authorized to perform: sts:AssumeRole on resource: y';
  it.each([
    ...['with an explicit deny in a', 'because no'].flatMap((how) => [
      [
        `${DENIED} ${how} service control policy`,
        'service_control_policy',
        'A service control policy denies sts:AssumeRole: except the tools from it.',
      ],
      [
        `${DENIED} ${how.replace(/ a$/, ' an')} identity-based policy allows the sts:AssumeRole action`,
        'tools_role_policy',
        "The tools' own role may not assume it: allow sts:AssumeRole on the target role in the tools' execution role.",
      ],
    ]),
    [
      `${DENIED} with an explicit deny in a resource control policy`,
      'resource_control_policy',
      'A resource control policy denies sts:AssumeRole: except the tools from it.',
    ],
    ...[DENIED, '', `${DENIED} because no resource-based policy allows the sts:AssumeRole action`].map((text) => [
      text,
      'role_missing_or_not_trusting',
      "The role is missing there, or its trust policy does not name the tools' role, the organization or the external ID: deploy generated/target-role.yml with the values of the configuration.",
    ]),
  ])('says who can mend the refusal %j', async (text, reason, fix) => {
    stsMock.on(AssumeRoleCommand).rejects(Object.assign(new Error(text), { name: 'AccessDenied' }));
    const { clientFor } = await load();
    await expect(clientFor(EC2Client, cell, testCall())).rejects.toMatchObject({
      code: 'role_not_assumable',
      message: 'The role CentralOpsTargetRole cannot be assumed in this account. switch_account says why.',
      details: { reason, fix },
    });
  });

  it.each([
    [
      'RegionDisabledException',
      'The role CentralOpsTargetRole cannot be assumed in this account. switch_account says why.',
      {
        reason: 'sts_off_in_region',
        fix: "STS is off in this account for the Region that the tools run in: activate it there in IAM's account settings.",
      },
    ],
    ['InvalidClientTokenId', 'STS does not know the credentials of the tools themselves.', {}],
    ['PackedPolicyTooLarge', 'STS refused the session that the tool asked for.', {}],
    [
      'MalformedPolicyDocument',
      'STS refused the session that the tool asked for.',
      { aws_error: 'MalformedPolicyDocument' },
    ],
    ['TimeoutError', 'AWS did not answer AssumeRole in time.', {}],
  ])('says of %s what STS refused', async (name, message, details) => {
    stsMock.on(AssumeRoleCommand).rejects(Object.assign(new Error('CANARY'), { name }));
    const { clientFor } = await load();
    await expect(clientFor(EC2Client, cell, testCall())).rejects.toMatchObject({ message, details });
  });
});

describe('sessionCredentials', () => {
  useMockedAws();

  it('are those of the account, narrowed to the actions given, from the session that a client of them uses', async () => {
    const { clientFor, sessionCredentials } = await load();
    const given = await sessionCredentials('222222222222', testCall(), ['lambda:InvokeFunction']);
    expect(given).toMatchObject({ secretAccessKey: 'secret', sessionToken: 'session of 222222222222' });
    expect(JSON.parse(assumed()[0]?.Policy ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: '*' }],
    });
    const client = await clientFor(EC2Client, { ...cell, account: '222222222222' }, testCall(), [
      'lambda:InvokeFunction',
    ]);
    expect((await client.config.credentials()).accessKeyId).toBe(given.accessKeyId);
    expect(assumed()).toHaveLength(1);
  });
});

describe('sessionPolicy', () => {
  it('denies everything where nothing is declared: an empty list of actions is no policy', async () => {
    const { sessionPolicy } = await load();
    expect(JSON.parse(sessionPolicy([]))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    });
  });
});

describe('sessionName', () => {
  it('is one that STS takes, for any request ID', async () => {
    const { sessionName } = await load();
    fc.assert(
      fc.property(fc.string({ maxLength: 200, size: 'max' }), (requestId) =>
        /^[A-Za-z0-9_+=,.@-]{2,64}$/.test(
          sessionName({ tool: { name: 'describe_ec2_security_groups' } as never, requestId }),
        ),
      ),
      { numRuns: 10_000 },
    );
  });
});
