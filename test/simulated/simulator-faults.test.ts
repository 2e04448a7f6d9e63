import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, expect, test } from 'vitest';
import type { Fault } from '../../scripts/local/simulator/faults.ts';
import { assume, hub, hubCredentials, member, seedTargetRole, through } from '../support/simulated-callers.ts';
import { describeSimulated, useSimulator } from '../support/simulator.ts';

describeSimulated('faults of the simulated AWS', () => {
  const aws = useSimulator();

  beforeEach(() => aws().reset());

  const describeInstances = (config = through(aws())) => new EC2Client(config).send(new DescribeInstancesCommand({}));
  const listFunctions = (abortSignal?: AbortSignal) =>
    new LambdaClient(through(aws())).send(new ListFunctionsCommand({}), abortSignal ? { abortSignal } : {});
  const describeAlarms = () => new CloudWatchClient(through(aws())).send(new DescribeAlarmsCommand({}));

  /** The error name of one call of each protocol: EC2, query, JSON, REST-JSON, S3. */
  function errorNames(): Promise<string[]> {
    const calls = [
      describeInstances(),
      new RDSClient(through(aws())).send(new DescribeDBInstancesCommand({})),
      describeAlarms(),
      listFunctions(),
      new S3Client(through(aws())).send(new ListBucketsCommand({})),
    ];
    return Promise.all(
      calls.map((call: Promise<unknown>) =>
        call.then(
          () => 'none',
          (error: Error) => error.name,
        ),
      ),
    );
  }

  const denials = [
    'UnauthorizedOperation',
    'AccessDenied',
    'AccessDeniedException',
    'AccessDeniedException',
    'AccessDenied',
  ];
  const unknownToken = ['InvalidClientTokenId', 'UnrecognizedClientException', 'UnrecognizedClientException'];

  test.each<[Fault, string[]]>([
    ['access_denied', denials],
    ['scp_denied', denials],
    [
      'throttled',
      ['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequestsException', 'SlowDown'],
    ],
    ['region_disabled', ['AuthFailure', ...unknownToken, 'InvalidToken']],
    [
      'expired_token',
      ['RequestExpired', 'ExpiredToken', 'ExpiredTokenException', 'ExpiredTokenException', 'ExpiredToken'],
    ],
    [
      'internal_error',
      ['InternalError', 'InternalFailure', 'InternalServerException', 'InternalServerException', 'InternalError'],
    ],
    ['html', ['Unknown', 'Unknown', 'SyntaxError', 'SyntaxError', 'Unknown']],
    ['truncated', ['Error', 'Error', 'SyntaxError', 'SyntaxError', 'Error']],
    ['half_closed', ['Error', 'Error', 'Error', 'Error', 'Error']],
    ['reset', ['TimeoutError', 'TimeoutError', 'TimeoutError', 'TimeoutError', 'TimeoutError']],
    [{ code: 'Odd', message: 'x', status: 418 }, ['Odd', 'Odd', 'Odd', 'Odd', 'Odd']],
  ])('%o has the right name in every protocol', async (fault, names) => {
    aws().rules.add({ match: {}, fault });
    expect(await errorNames()).toEqual(names);
  });

  test('an SCP denial says so', async () => {
    aws().rules.add({ match: { account: hub }, fault: 'scp_denied' });
    await expect(listFunctions()).rejects.toThrow('with an explicit deny in a service control policy');
  });

  test('throttled twice, the SDK retries and succeeds', async () => {
    aws().rules.add({ match: { service: 'ec2' }, times: 2, fault: 'throttled' });
    const { $metadata } = await describeInstances({ ...through(aws()), maxAttempts: 3 });
    expect($metadata.attempts).toBe(3);
    expect(aws().calls.map(({ status }) => status)).toEqual([503, 503, 200]);
  });

  test('a hanging service ends only by the client giving up', async () => {
    aws().rules.add({ match: { service: 'lambda' }, fault: 'hang' });
    await expect(listFunctions(AbortSignal.timeout(200))).rejects.toMatchObject({ name: 'AbortError' });
    expect(aws().calls).toMatchObject([{ service: 'lambda', status: 0 }]);
  });

  test('a rule holds for its account, Region, operation and role only, until it is removed', async () => {
    await seedTargetRole(aws());
    const session = await assume(aws());
    const match = {
      account: member,
      region: 'eu-west-1',
      operation: 'DescribeInstances',
      role: 'CentralOpsTargetRole',
    };
    const remove = aws().rules.add({ match, fault: 'access_denied' });
    const inIreland = () => describeInstances(through(aws(), session, 'eu-west-1'));
    await expect(inIreland()).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
    await expect(describeInstances(through(aws(), session))).resolves.toBeDefined();
    await expect(describeInstances(through(aws(), hubCredentials(aws()), 'eu-west-1'))).resolves.toBeDefined();
    remove();
    await expect(inIreland()).resolves.toBeDefined();
  });

  test('AssumeRole into one account can be denied', async () => {
    await seedTargetRole(aws());
    aws().rules.add({ match: { operation: 'AssumeRole', targetAccount: member }, times: 1, fault: 'access_denied' });
    await expect(assume(aws())).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume(aws())).resolves.toBeDefined();
  });

  test('latency delays a call and lets it go on to the rules behind; a transform changes the true answer', async () => {
    aws().rules.add({ match: { service: 'cloudwatch' }, latencyMs: 150 });
    const body = Buffer.from(JSON.stringify({ MetricAlarms: [{ AlarmName: 'changed' }] }));
    aws().rules.add({ match: { service: 'monitoring' }, transform: (answer) => ({ ...answer, body }) });
    expect(await describeAlarms()).toMatchObject({ MetricAlarms: [{ AlarmName: 'changed' }] });
    expect(aws().calls[0]?.durationMs).toBeGreaterThanOrEqual(149);
  });

  test('a rate hits about that share of calls, and the same calls in every run', async () => {
    const run = async () => {
      aws().rules.clear();
      aws().rules.add({ match: {}, rate: 0.5, fault: 'access_denied' });
      const names: string[] = [];
      for (let call = 0; call < 20; call++)
        names.push(
          ...(await describeAlarms().then(
            () => ['.'],
            () => ['x'],
          )),
        );
      return names.join('');
    };
    const first = await run();
    expect(first.replaceAll('.', '').length).toBeGreaterThan(5);
    expect(first.replaceAll('x', '').length).toBeGreaterThan(5);
    expect(await run()).toBe(first);
  });
});
