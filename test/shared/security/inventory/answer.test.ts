import {
  GetDefaultViewCommand,
  GetViewCommand,
  ListIndexesCommand,
  ListResourcesCommand,
  ResourceExplorer2Client,
} from '@aws-sdk/client-resource-explorer-2';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnswerOf } from '../../../../schemas/define-tool.ts';
import { listServicesInRegion } from '../../../../schemas/list-services-in-region.ts';
import { tokensOf } from '../../../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../../../shared/errors.ts';
import { callTool, failing, useMockedAws } from '../../../support/mock-aws.ts';
import { failedCells } from '../../../support/unread-cells.ts';

type Answer = AnswerOf<typeof listServicesInRegion.output> & Partial<ErrorAnswer>;

const explorer = mockClient(ResourceExplorer2Client);
const tagging = mockClient(ResourceGroupsTaggingAPIClient);
const s3 = mockClient(S3Client);

const everywhere = { account_id: 'all', region: 'all' };
const [one, two] = ['111111111111', '222222222222'];
const TAGGED_ONLY = 'No Resource Explorer index here: only resources that have or had tags are counted.';

const ask = (event: object = everywhere, milliseconds?: number) =>
  callTool<Answer>(listServicesInRegion, event, milliseconds);

/** Each Region has so many instances by Resource Explorer, in every account, or fails. */
function explorerHas(counts: Readonly<Record<string, number | Error>>, type = 'ec2:instance') {
  explorer.on(ListResourcesCommand).callsFake(async ({ Filters }) => {
    const count = counts[Filters.FilterString.slice('region:'.length)] ?? 0;
    if (count instanceof Error) throw count;
    return { Resources: Array.from({ length: count }, () => ({ Service: 'ec2', ResourceType: type })) };
  });
}

function indexedAre(...regions: string[]) {
  const Indexes = regions.map((Region) => ({ Region, Type: 'LOCAL' as const }));
  explorer.on(ListIndexesCommand).resolves({ Indexes });
}

/** The counts of one place by Resource Explorer, in the second of two pages the time is over. */
function firstPageOnly() {
  const page = { Resources: [{ Service: 'ec2', ResourceType: 'ec2:instance' }], NextToken: 'next' };
  explorer
    .on(ListResourcesCommand)
    .callsFake(({ NextToken }) => (NextToken === undefined ? Promise.resolve(page) : new Promise(() => {})));
}

function mockSources() {
  for (const mock of [explorer, tagging, s3]) (mock as typeof explorer).reset().onAnyCommand().resolves({});
  indexedAre('us-east-1', 'eu-west-1');
  explorer.on(GetDefaultViewCommand).resolves({ ViewArn: 'arn:view' });
  explorer.on(GetViewCommand).resolves({ View: { Filters: { FilterString: '' } } });
}

describe('the inventory of several accounts and Regions', () => {
  useMockedAws();
  beforeEach(mockSources);

  it('has a row for each, the largest first and equal ones by place, and the counts of all', async () => {
    explorerHas({ 'us-east-1': 2, 'eu-west-1': 2 });
    const answer = await ask();
    const row = { total_resources: 2, source: 'resource-explorer', index: 'LOCAL', complete: true };
    expect(answer).toEqual({
      ...everywhere,
      inventory_count: 4,
      inventories: [one, two].flatMap((AccountId) =>
        ['eu-west-1', 'us-east-1'].map((Region) => ({ AccountId, Region, ...row })),
      ),
      services: ['ec2'],
      service_counts: { ec2: 8 },
      resource_type_counts: { 'ec2:instance': 8 },
      total_resources: 8,
      source: 'resource-explorer',
      context: { stored: false, reason: 'no context store is configured' },
      complete: true,
    });
  });

  it('names both sources, tells a note once with how many places it is about, and is not complete', async () => {
    indexedAre('us-east-1');
    explorerHas({ 'us-east-1': 1 });
    tagging.on(GetResourcesCommand).resolves({ ResourceTagMappingList: [{ ResourceARN: 'arn:aws:s3:::invoices' }] });
    const answer = await ask({ ...everywhere, fields: ['total_resources', 'services', 'index', 'complete', 'note'] });
    expect(answer).toMatchObject({
      source: 'resource-explorer,resource-groups-tagging-api',
      notes: [`In 2 of 4 places: ${TAGGED_ONLY}`],
      complete: false,
    });
    expect(answer).not.toHaveProperty('failures');
    expect(answer.inventories?.slice(0, 2)).toEqual([
      { AccountId: one, Region: 'eu-west-1', total_resources: 1, services: ['s3'], complete: false, note: TAGGED_ONLY },
      { AccountId: one, Region: 'us-east-1', total_resources: 1, services: ['ec2'], index: 'LOCAL', complete: true },
    ]);
  });

  it('has a row of a place that has nothing, and none of one that could not be read, but its fault', async () => {
    explorerHas({ 'us-east-1': 0, 'eu-west-1': failing('ThrottlingException') });
    const answer = await ask();
    expect(answer).toMatchObject({ inventory_count: 2, total_resources: 0, complete: false });
    expect(answer.inventories?.map(({ Region }) => Region)).toEqual(['us-east-1', 'us-east-1']);
    expect(failedCells(answer)).toEqual([`${one} eu-west-1 throttled`, `${two} eu-west-1 throttled`]);
  });

  it('says that there was no source where nothing could be read at all', async () => {
    explorer.on(ListIndexesCommand).rejects(failing('UnrecognizedClientException'));
    expect(await ask()).toMatchObject({
      inventory_count: 0,
      inventories: [],
      total_resources: 0,
      source: 'none',
      complete: false,
      context: { stored: false },
    });
  });

  it('has a row of what was counted before the end of the time, as incomplete', async () => {
    firstPageOnly();
    const answer = await ask({ account_id: one, region: 'all' }, 2_000);
    expect(answer).toMatchObject({ inventory_count: 2, total_resources: 2, complete: false });
    expect(answer.inventories?.map(({ complete }) => complete)).toEqual([false, false]);
    expect(failedCells(answer)).toEqual([`${one} eu-west-1 timeout`, `${one} us-east-1 timeout`]);
  });

  it('tells of the store in the first answer only', async () => {
    explorerHas({ 'us-east-1': 1, 'eu-west-1': 1 });
    const first = await ask({ ...everywhere, max_results: 3 });
    const second = await ask({ ...everywhere, max_results: 3, next_token: first.next_token });
    expect([first.inventory_count, second.inventory_count]).toEqual([3, 1]);
    expect([first.context, second.context]).toEqual([
      { stored: false, reason: 'no context store is configured' },
      undefined,
    ]);
  });

  it('audits how many places were asked, how many of them failed, and how many rows were given', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const logged: unknown[] = [];
    (await import('../../../../shared/logger.ts')).divertLog((line) => logged.push(JSON.parse(line)));
    // Neither source can be read in three of the places: two faults each.
    explorerHas({});
    explorer.on(GetDefaultViewCommand).resolvesOnce({ ViewArn: 'arn:view' }).rejects(failing('AccessDeniedException'));
    tagging.on(GetResourcesCommand).rejects(failing('AccessDeniedException'));
    expect((await ask()).failures).toHaveLength(6);
    expect(logged).toMatchObject([{ outcome: 'partial', cells: 4, failed_cells: 3, items: 1 }]);
  });
});

describe('the inventory of more places than are asked at once', () => {
  const accounts = Array.from({ length: 60 }, (_, index) => `1111111111${String(index).padStart(2, '0')}`);
  useMockedAws({ accounts });
  beforeEach(mockSources);

  it('names every place that was not read before the time was over, also those not asked yet', async () => {
    explorer.on(ListIndexesCommand).callsFake(() => new Promise(() => {}));
    const answer = await ask(everywhere, 2_000);
    expect(failedCells(answer)).toHaveLength(120);
    expect(answer).toMatchObject({ inventory_count: 0, complete: false });
  });

  it('stays within 5,000 tokens however many places and types there are', async () => {
    const Resources = Array.from({ length: 150 }, (_, index) => ({
      Service: 'ec2',
      ResourceType: `ec2:type-${index}`,
    }));
    explorer.on(ListResourcesCommand).resolves({ Resources });
    const answer = await ask({ ...everywhere, fields: ['resource_type_counts'] });
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    expect(answer.total_resources).toBe(120 * 150);
    expect(answer.inventory_count).toBeGreaterThan(0);
    expect(answer.next_token).toBeDefined();
  });
});

describe('the inventory of one account and Region', () => {
  useMockedAws();
  beforeEach(mockSources);

  it.each([
    [150, undefined],
    [151, ['resource_type_counts: 150 of 151']],
  ])('gives up to 150 types: of %i', async (count, Truncated) => {
    const Resources = Array.from({ length: count }, (_, index) => ({ Service: 'ec2', ResourceType: `ec2:t${index}` }));
    explorer.on(ListResourcesCommand).resolves({ Resources });
    const answer = await ask({ account_id: one });
    expect(Object.keys(answer.resource_type_counts)).toHaveLength(150);
    expect(answer.Truncated).toEqual(Truncated);
    expect(answer).toMatchObject({ total_resources: count, services: ['ec2'], complete: true });
  });

  it('has no rows, nor anything of what it has nothing of', async () => {
    explorerHas({});
    expect(Object.keys(await ask({ account_id: one })).sort()).toEqual([
      'account_id',
      'complete',
      'context',
      'index',
      'region',
      'resource_type_counts',
      'service_counts',
      'services',
      'source',
      'total_resources',
    ]);
  });
});

describe('the store of inventories', () => {
  useMockedAws({ contextStore: { bucket: 'security-context', ttlHours: 12 } });
  beforeEach(mockSources);

  const kept = () =>
    s3.commandCalls(PutObjectCommand).map(({ args }) => JSON.parse(String(args[0].input.Body)) as object);

  it('gets of each place what was counted there, and nothing of a place that was not counted to its end', async () => {
    explorerHas({ 'us-east-1': 2, 'eu-west-1': failing('ThrottlingException') });
    expect((await ask()).context).toEqual({ stored: true, objects: 2 });
    const place = { tool: 'ListServicesInRegion', region: 'us-east-1', asked: {}, stored_at: expect.any(String) };
    const summary = {
      service_counts: { ec2: 2 },
      total_resources: 2,
      source: 'resource-explorer',
      index: 'LOCAL',
      complete: true,
    };
    const details = [{ type: 'ec2:instance', count: 2 }];
    expect(kept()).toEqual([one, two].map((account_id) => ({ ...place, account_id, ttl_hours: 12, summary, details })));
  });

  it('gets nothing again with a later answer', async () => {
    explorerHas({ 'us-east-1': 1, 'eu-west-1': 1 });
    const first = await ask({ ...everywhere, max_results: 1 });
    await ask({ ...everywhere, next_token: first.next_token });
    expect(kept()).toHaveLength(4);
  });
});
