import {
  GetDefaultViewCommand,
  GetViewCommand,
  ListIndexesCommand,
  ListResourcesCommand,
  type Resource,
  ResourceExplorer2Client,
} from '@aws-sdk/client-resource-explorer-2';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import { listServicesInRegion } from '../../schemas/list-services-in-region.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { answerAssumeRole, callTool, failing, stsMock, useMockedAws } from '../support/mock-aws.ts';

type Answer = AnswerOf<typeof listServicesInRegion.output> & Partial<ErrorAnswer>;

const explorer = mockClient(ResourceExplorer2Client);
const tagging = mockClient(ResourceGroupsTaggingAPIClient);
const s3 = mockClient(S3Client);

const { input, output } = listServicesInRegion.example;
const account_id = '111111111111';
const ask = (event: object = {}, milliseconds?: number) =>
  callTool<Answer>(listServicesInRegion, { account_id, ...event }, milliseconds);

function resource(type: string, index = 0, OwningAccountId = account_id): Resource {
  const [Service = ''] = type.split(':');
  return { Arn: `arn:${type}/${index}`, Service, ResourceType: type, OwningAccountId };
}

function explorerHas(resources: readonly Resource[], size = 1_000) {
  explorer.on(ListResourcesCommand).callsFake(async ({ NextToken = '0' }) => {
    const start = Number(NextToken);
    const end = start + size;
    return { Resources: resources.slice(start, end), NextToken: end < resources.length ? String(end) : undefined };
  });
}

beforeEach(() => {
  for (const mock of [explorer, tagging, s3]) (mock as typeof explorer).reset().onAnyCommand().resolves({});
  explorer.on(ListIndexesCommand).resolves({
    Indexes: [
      { Region: 'us-east-1', Type: 'AGGREGATOR', Arn: 'arn' },
      { Region: 'eu-west-1', Type: 'LOCAL', Arn: 'arn' },
    ],
  });
  explorer.on(GetDefaultViewCommand).resolves({ ViewArn: 'arn:view' });
  explorer.on(GetViewCommand).resolves({ View: { ViewArn: 'arn:view', Filters: { FilterString: '' } } });
});

describe('ListServicesInRegion', () => {
  useMockedAws();

  it('answers the documented example', async () => {
    explorerHas([resource('ec2:instance'), resource('ec2:volume'), resource('s3:bucket')]);
    expect(await callTool(listServicesInRegion, input)).toEqual(output);
  });

  it('counts 2,500 resources to the end, a thousand at a time, of this Region only', async () => {
    explorerHas(
      Array.from({ length: 2_500 }, (_, index) => resource(index % 5 === 0 ? 's3:bucket' : 'ec2:instance', index)),
    );
    const answer = await ask();
    expect(answer).toMatchObject({
      total_resources: 2_500,
      service_counts: { ec2: 2_000, s3: 500 },
      source: 'resource-explorer',
      index: 'AGGREGATOR',
      complete: true,
    });
    const asked = explorer.commandCalls(ListResourcesCommand).map(({ args }) => args[0].input);
    expect(asked).toHaveLength(3);
    expect(asked[0]).toEqual({
      ViewArn: 'arn:view',
      Filters: { FilterString: 'region:us-east-1' },
      MaxResults: 1_000,
    });
    expect(explorer.calls()).toHaveLength(6);
    expect(tagging.calls()).toEqual([]);
  });

  it('asks for the indexes once in an account', async () => {
    explorerHas([resource('ec2:instance')]);
    await ask({ account_id: 'all', region: 'all' });
    expect(explorer.commandCalls(ListIndexesCommand)).toHaveLength(2);
  });

  it("leaves out other accounts' resources in a view of the organization", async () => {
    explorerHas([resource('ec2:instance'), resource('ec2:instance', 1, '222222222222')]);
    expect((await ask()).total_resources).toBe(1);
  });

  it('says so when the view leaves resources out', async () => {
    explorer.on(GetViewCommand).resolves({ View: { Filters: { FilterString: 'service:ec2' } } });
    explorerHas([resource('ec2:instance')]);
    const answer = await ask();
    expect(answer).toMatchObject({ source: 'resource-explorer', complete: false });
    expect(answer.notes?.[0]).toContain('leaves resources out');
  });

  it.each([
    [
      'no index',
      () => explorer.on(ListIndexesCommand).resolves({ Indexes: [{ Region: 'eu-west-1', Type: 'LOCAL' }] }),
      1,
      'No Resource Explorer index here',
    ],
    [
      'no default view',
      () => explorer.on(GetDefaultViewCommand).resolves({}),
      2,
      'Resource Explorer has no default view here',
    ],
    [
      'a default view that is gone',
      () => explorer.on(GetViewCommand).rejects(failing('ResourceNotFoundException')),
      3,
      'Resource Explorer has no default view here',
    ],
  ] as const)(
    'with %s counts what is tagged, to the end, and does not call it complete',
    async (_name, given, explored, note) => {
      given();
      tagging.on(GetResourcesCommand).callsFake(async ({ PaginationToken = '' }) => ({
        ResourceTagMappingList: [
          { ResourceARN: 'arn:aws:ec2:us-east-1:111111111111:instance/i-1' },
          { ResourceARN: 'arn:aws:s3:::invoices' },
          { ResourceARN: 'arn:aws:lambda:us-east-1:111111111111:function:f' },
          { ResourceARN: 'arn:aws:sns:us-east-1:111111111111:alerts' },
          { ResourceARN: 'arn:aws:apigateway:us-east-1::/restapis/a1' },
        ],
        PaginationToken: PaginationToken === '' ? 'next' : '',
      }));
      const answer = await ask();
      expect(answer).toMatchObject({
        total_resources: 10,
        resource_type_counts: {
          'apigateway:restapis': 2,
          'ec2:instance': 2,
          'lambda:function': 2,
          's3:bucket': 2,
          'sns:topic': 2,
        },
        source: 'resource-groups-tagging-api',
        complete: false,
      });
      expect(answer.notes).toEqual([`${note}: only resources that have or had tags are counted.`]);
      expect(answer.failures).toBeUndefined();
      expect(explorer.calls()).toHaveLength(explored);
      const asked = tagging.commandCalls(GetResourcesCommand).map(({ args }) => args[0].input);
      expect(asked).toEqual([{ ResourcesPerPage: 100 }, { ResourcesPerPage: 100, PaginationToken: 'next' }]);
    },
  );

  it.each([
    ['the indexes', ListIndexesCommand, 'resource-explorer-2:ListIndexes'],
    ['the default view', GetDefaultViewCommand, 'resource-explorer-2:GetDefaultView'],
    ['the view', GetViewCommand, 'resource-explorer-2:GetView'],
  ] as const)('tells that %s could not be read and counts with the other source', async (_, command, action) => {
    const message = `User: x is not authorized to perform: ${action} because no identity-based policy`;
    explorer.on(command as typeof GetViewCommand).rejects(failing('AccessDeniedException', message));
    tagging.on(GetResourcesCommand).resolves({ ResourceTagMappingList: [{ ResourceARN: 'arn:aws:s3:::invoices' }] });
    expect(await ask()).toMatchObject({
      total_resources: 1,
      source: 'resource-groups-tagging-api',
      notes: ['Resource Explorer could not be read: only resources that have or had tags are counted.'],
      complete: false,
      failures: [{ code: 'access_denied', message: expect.stringContaining(action) }],
    });
  });

  it('reads the indexes to the last page', async () => {
    explorer
      .on(ListIndexesCommand)
      .callsFake(async ({ NextToken }) =>
        NextToken === undefined
          ? { Indexes: [{ Region: 'eu-west-1', Type: 'LOCAL' }], NextToken: 'more' }
          : { Indexes: [{ Region: 'us-east-1' }] },
      );
    explorerHas([resource('ec2:instance')]);
    const answer = await ask();
    expect(answer).toMatchObject({ source: 'resource-explorer', total_resources: 1, complete: true });
    // AWS did not say of which type it is.
    expect(answer).not.toHaveProperty('index');
    const asked = explorer.commandCalls(ListIndexesCommand).map(({ args }) => args[0].input);
    expect(asked).toEqual([{ MaxResults: 100 }, { MaxResults: 100, NextToken: 'more' }]);
  });

  it.each([
    ['no filters', {}],
    ['no view', undefined],
  ])('takes a view of which AWS gives %s for a whole one', async (_, View) => {
    explorer.on(GetViewCommand).resolves({ View });
    explorerHas([resource('ec2:instance')]);
    const answer = await ask();
    expect(explorer.commandCalls(GetViewCommand)[0]?.args[0].input).toEqual({ ViewArn: 'arn:view' });
    expect(answer).toMatchObject({ source: 'resource-explorer', complete: true });
    expect(answer).not.toHaveProperty('notes');
  });

  it('counts what has no ARN', async () => {
    explorer.on(ListResourcesCommand).resolves({ Resources: [{}] });
    expect((await ask()).resource_type_counts).toEqual({ 'unknown:resource': 1 });
    explorer.on(ListIndexesCommand).resolves({});
    tagging.on(GetResourcesCommand).resolves({ ResourceTagMappingList: [{}, {}] });
    expect((await ask()).resource_type_counts).toEqual({ 'unknown:resource': 2 });
  });

  it.each([
    [
      'the Region is off',
      () => explorer.on(ListIndexesCommand).rejects(failing('UnrecognizedClientException')),
      'region_not_enabled',
    ],
    ['the role is closed', () => stsMock.on(AssumeRoleCommand).rejects(failing('AccessDenied')), 'role_not_assumable'],
    [
      'STS gives another role',
      () =>
        stsMock
          .on(AssumeRoleCommand)
          .callsFake((input) => answerAssumeRole({ ...input, RoleArn: 'arn:aws:iam::999999999999:role/Other' })),
      'internal',
    ],
    ['the time is over', () => explorer.on(ListIndexesCommand).callsFake(() => new Promise(() => {})), 'timeout'],
  ] as const)('asks no other source when %s', async (_, given, code) => {
    given();
    expect((await ask({}, 2_000)).error?.code).toBe(code);
    expect(tagging.calls()).toEqual([]);
  });

  it('is an error when neither can be read', async () => {
    explorer.on(ListIndexesCommand).rejects(failing('AccessDeniedException'));
    tagging
      .on(GetResourcesCommand)
      .rejects(failing('AccessDeniedException', 'not authorized to perform: tag:GetResources'));
    expect((await ask()).error).toMatchObject({ code: 'access_denied', action: 'tag:GetResources' });
  });

  it('gives what it had counted when the time is over, and says that it is not all', async () => {
    const page = { Resources: [resource('ec2:instance'), resource('s3:bucket')], NextToken: 'next' };
    explorer
      .on(ListResourcesCommand)
      .callsFake(({ NextToken }) => (NextToken === undefined ? Promise.resolve(page) : new Promise(() => {})));
    const answer = await ask({}, 2_000);
    expect(answer).toMatchObject({ total_resources: 2, complete: false, failures: [{ code: 'timeout' }] });
  });

  it('stops at a page that comes again rather than counting it for ever', async () => {
    explorer.on(ListResourcesCommand).resolves({ Resources: [resource('ec2:instance')], NextToken: 'same' });
    expect(await ask()).toMatchObject({ complete: false, failures: [{ code: 'unavailable' }] });
  });

  it('gives of several cells a row each, the largest first, with the counts of all', async () => {
    explorer.on(ListResourcesCommand).callsFake(async ({ Filters }) => ({
      Resources: Array.from({ length: Filters.FilterString === 'region:eu-west-1' ? 3 : 1 }, (_, index) => ({
        ...resource('ec2:instance', index),
        OwningAccountId: undefined,
      })),
    }));
    const event = { account_id: 'all', region: 'all' };
    const answer = await ask(event);
    expect(answer).toMatchObject({ inventory_count: 4, total_resources: 8, complete: true });
    expect(answer.inventories?.[0]).toEqual({
      AccountId: '111111111111',
      Region: 'eu-west-1',
      total_resources: 3,
      source: 'resource-explorer',
      index: 'LOCAL',
      complete: true,
    });
    const first = await ask({ ...event, max_results: 3, fields: ['service_counts'] });
    const rest = await ask({ ...event, fields: ['service_counts'], next_token: first.next_token });
    expect([first.inventory_count, rest.inventory_count, rest.next_token]).toEqual([3, 1, undefined]);
    expect(first.inventories?.[0]).toEqual({
      AccountId: '111111111111',
      Region: 'eu-west-1',
      service_counts: { ec2: 3 },
    });
  });

  it('keeps within 5,000 tokens however many types there are, and says what was cut', async () => {
    explorerHas(
      Array.from({ length: 600 }, (_, index) => resource(`service${index % 90}:some-resource-type-${index}`)),
    );
    const answer = await ask();
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(answer.total_resources).toBe(600);
    expect(answer.services).toHaveLength(90);
    expect(answer.Truncated).toEqual(['resource_type_counts: 150 of 600']);
  });

  it.each([
    ['aws_profile', { aws_profile: 'default' }],
    ['fields', { fields: ['count'] }],
    ['next_token', { next_token: 'AAAA' }],
    ['region', { region: 'mars-1' }],
  ])('refuses a bad %s without a call to AWS', async (field, event) => {
    expect((await ask(event)).error).toMatchObject({ code: 'invalid_input', field });
    expect(explorer.calls()).toEqual([]);
  });
});

describe('ListServicesInRegion with a context store', () => {
  useMockedAws({ contextStore: { bucket: 'security-context', ttlHours: 12 } });

  it('keeps the counts of each account and Region', async () => {
    explorerHas([resource('ec2:instance'), resource('s3:bucket')]);
    const { context } = await ask();
    expect(context).toEqual({ stored: true, objects: 1 });
    const body = JSON.parse(String(s3.commandCalls(PutObjectCommand)[0]?.args[0].input.Body));
    expect(body).toMatchObject({
      tool: 'ListServicesInRegion',
      summary: { total_resources: 2, service_counts: { ec2: 1, s3: 1 }, complete: true },
      details: [
        { type: 'ec2:instance', count: 1 },
        { type: 's3:bucket', count: 1 },
      ],
    });
    expect((await ask({ store_in_context: false })).context).toEqual({ stored: false, reason: 'not asked for' });
  });
});
