import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import type { Settings } from '../../../scripts/gateway/configuration.ts';
import { isNamed, ownFunctions } from '../../../scripts/gateway/functions.ts';
import { durationMs, functionLogGroup, gatewayLogGroup, readLogs } from '../../../scripts/gateway/logs.ts';
import { readMetrics } from '../../../scripts/gateway/metrics.ts';
import { makePlan } from '../../../scripts/gateway/plan.ts';
import { planText } from '../../../scripts/gateway/plan-text.ts';
import { desiredFor } from './desired-fixture.ts';

it('reads the newest lines of all groups, over their pages, oldest first, and names groups that are not there', async () => {
  const logs = mockClient(CloudWatchLogsClient);
  const [own, tool] = [gatewayLogGroup('g-abcdefghij'), functionLogGroup('central-ops-list-accounts')];
  logs
    .on(FilterLogEventsCommand, { logGroupName: own })
    .rejects(new ResourceNotFoundException({ message: 'm', $metadata: {} }));
  logs.on(FilterLogEventsCommand, { logGroupName: tool, filterPattern: 'ERROR' }).resolves({
    events: [
      { timestamp: 1, message: 'one\n' },
      { timestamp: 2, message: 'two\n' },
    ],
    nextToken: 'n',
  });
  logs
    .on(FilterLogEventsCommand, { logGroupName: tool, nextToken: 'n' })
    .resolves({ events: [{ timestamp: 3, message: 'three' }] });
  const query = { groups: [own, tool], since: 0, filter: 'ERROR', limit: 2 };
  const { lines, missing } = await readLogs(new CloudWatchLogsClient({}), query);
  expect(lines.map(({ message }) => message)).toEqual(['two', 'three']);
  expect(missing).toEqual(['/aws/vendedlogs/bedrock-agentcore/gateway/APPLICATION_LOGS/g-abcdefghij']);
});

it("names the functions of a configuration's tools and bridges", () => {
  const bridges = { awsMcp: { tools: ['call_aws'], endpoint: 'https://aws-mcp.us-east-1.api.aws/mcp' } };
  const settings = { bridges, folder: '/nowhere' } as unknown as Settings;
  const named = (text: string) =>
    ownFunctions(settings)
      .filter((each) => isNamed(each, text))
      .map(({ functionName }) => functionName);
  expect(named('list_accounts')).toEqual(['central-ops-list-accounts']);
  expect(named('list-accounts')).toEqual(['central-ops-list-accounts']);
  expect(named('aws-mcp')).toEqual(['central-ops-aws-mcp']);
  expect(named('nothing')).toEqual([]);
});

it.each([
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['soon', undefined],
])('takes %s as a duration', (text, expected) => {
  expect(durationMs(text)).toBe(expected);
});

it('reads calls, errors and percentiles of the gateway and the functions, over one period', async () => {
  const cloudwatch = mockClient(CloudWatchClient);
  const dimensions = [
    { Name: 'Operation', Value: 'InvokeGateway' },
    { Name: 'Method', Value: 'tools/call' },
    { Name: 'Resource', Value: 'arn:g' },
  ];
  cloudwatch.on(ListMetricsCommand).resolves({ Metrics: [{ Dimensions: dimensions }] });
  cloudwatch.on(GetMetricDataCommand).callsFake(({ MetricDataQueries = [], NextToken }) =>
    NextToken === undefined
      ? {
          NextToken: 'n',
          MetricDataResults: [
            { Id: 'm0_invocations', Values: [3, 2] },
            { Id: 'm0_errors0', Values: [1] },
            { Id: 'm0_errors1', Values: [1] },
          ],
        }
      : {
          MetricDataResults: [
            { Id: 'm0_p99', Values: [80.6, 70] },
            { Id: 'm1_p50', Values: [12.2] },
            { Id: MetricDataQueries[0].Id, Values: [] },
          ],
        },
  );
  const rows = await readMetrics(new CloudWatchClient({}), {
    gatewayArn: 'arn:g',
    functions: ['f'],
    since: 0,
    until: 3_601_000,
  });
  expect(rows).toEqual([
    { name: 'gateway InvokeGateway tools/call', invocations: 5, errors: 2, throttles: 0, p99: 81 },
    { name: 'f', invocations: 0, errors: 0, throttles: 0, p50: 12 },
  ]);
  const queries = cloudwatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input.MetricDataQueries ?? [];
  expect(new Set(queries.map(({ MetricStat }) => MetricStat?.Period))).toEqual(new Set([3_660]));
  expect(queries.map(({ MetricStat }) => MetricStat?.Stat)).toEqual(
    expect.arrayContaining(['p50', 'p90', 'p99', 'Sum']),
  );
});

it('a plan reads like one', () => {
  const { desired } = desiredFor();
  expect(planText(makePlan(desired, { targets: [] }))).toMatch(
    /^\+ create {4}gateway central-ops\n\+ create {4}target list-accounts/,
  );
  const [first] = desired.targets;
  const observed = {
    targets: [
      { ...first, targetId: 'AAAAAAAAAA', status: 'READY' as const, description: 'old' },
      { name: 'by-hand', targetId: 'BBBBBBBBBB', status: 'READY' as const },
    ],
  } as unknown as Parameters<typeof makePlan>[1];
  const text = planText(makePlan(desired, observed));
  expect(text).toContain('~ update    target list-accounts\n      description: old → Central Ops: ');
  expect(text).toContain('? foreign   target by-hand');
  expect(text).toMatch(/Plan: 7 to create, 1 to update, 0 to delete, 0 unchanged\. 1 made by others, left alone\.$/);
});
