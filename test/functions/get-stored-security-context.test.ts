import { DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkStorageEncryption } from '../../schemas/check-storage-encryption.ts';
import type { AnswerOf } from '../../schemas/define-tool.ts';
import { getStoredSecurityContext } from '../../schemas/get-stored-security-context.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import type { ErrorAnswer } from '../../shared/errors.ts';
import { contextKey } from '../../shared/security/context-store.ts';
import { callTool, useMockedAws } from '../support/mock-aws.ts';
import { walk } from '../support/walk.ts';

type Answer = AnswerOf<typeof getStoredSecurityContext.output> & Partial<ErrorAnswer>;

const s3 = mockClient(S3Client);
const ec2 = mockClient(EC2Client);

const [one, two] = ['111111111111', '222222222222'];
const us = { account: one, region: 'us-east-1' };

/** The bucket: its objects by key. */
const objects = new Map<string, { text: string; at: Date }>();

/** Puts an object as a tool of ours would. */
function put(cell: { account: string; region: string }, more: Record<string, unknown> = {}): string {
  const asked = (more.asked ?? {}) as Record<string, unknown>;
  const context = {
    tool: 'CheckStorageEncryption',
    account_id: cell.account,
    region: cell.region,
    asked,
    stored_at: new Date().toISOString(),
    ttl_hours: 24,
    summary: { resources_checked: 1 },
    details: [],
    ...more,
  };
  const key = contextKey(cell, context.tool, asked);
  objects.set(key, { text: JSON.stringify(context), at: new Date(context.stored_at) });
  return key;
}

function mockBucket() {
  objects.clear();
  s3.reset();
  s3.on(PutObjectCommand).callsFake(async ({ Key, Body }) => {
    objects.set(Key, { text: Body, at: new Date() });
    return {};
  });
  s3.on(ListObjectsV2Command).callsFake(async ({ Prefix, ContinuationToken }) => {
    const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
    const from = Number(ContinuationToken ?? 0);
    // Pages of two, so that every test walks.
    return {
      Contents: keys.slice(from, from + 2).map((Key) => ({ Key, LastModified: objects.get(Key)?.at })),
      NextContinuationToken: from + 2 < keys.length ? String(from + 2) : undefined,
    };
  });
  s3.on(GetObjectCommand).callsFake(async ({ Key }) => ({
    Body: { transformToString: async () => objects.get(Key)?.text },
  }));
}

const ask = (event: object = {}) =>
  callTool<Answer>(getStoredSecurityContext, { account_id: one, region: 'us-east-1', ...event });

describe('GetStoredSecurityContext', () => {
  useMockedAws({ contextStore: { bucket: 'security-context', ttlHours: 24 } });
  beforeEach(() => {
    // Time stands still, so that an age is exact however busy the machine is.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-20T08:00:00.000Z') });
    mockBucket();
  });
  afterEach(() => void vi.useRealTimers());

  it('answers the documented example', async () => {
    const { input, output } = getStoredSecurityContext.example;
    const [{ age_seconds, summary, asked } = { age_seconds: 0, summary: {}, asked: {} }] = output.contexts;
    const stored_at = new Date(Date.now() - age_seconds * 1_000).toISOString();
    put(us, { asked, summary, stored_at });
    const answer = await callTool(getStoredSecurityContext, input);
    expect(answer).toEqual({ ...output, contexts: [{ ...output.contexts[0], stored_at }] });
  });

  it('gives back what a check has stored, for each account and Region its own', async () => {
    ec2.reset().onAnyCommand().resolves({});
    const Volumes = [{ VolumeId: 'vol-1', State: 'in-use' as const, Encrypted: false }];
    ec2.on(DescribeVolumesCommand).resolvesOnce({ Volumes }).resolves({});
    const check = { account_id: 'all', region: 'us-east-1', services: ['ebs'] };
    const checked = await callTool<Record<string, unknown>>(checkStorageEncryption, check);
    expect(checked.context).toEqual({ stored: true, objects: 2 });
    const { contexts, data } = await ask({ account_id: one, detailed: true });
    expect(contexts).toMatchObject([{ AccountId: one, asked: { services: ['ebs'] }, expired: false, age_seconds: 0 }]);
    expect(contexts[0]?.summary).toMatchObject({ resources_checked: 2 });
    expect(data?.find(({ id }) => id === 'vol-1')).toMatchObject({
      AccountId: one,
      Region: 'us-east-1',
      tool: 'CheckStorageEncryption',
      state: 'fail',
      issues: ['EC2.3: attached and not encrypted'],
    });
    const other = await ask({ account_id: two, detailed: true });
    expect(JSON.stringify(other)).not.toContain(one);
    expect(other.contexts[0]?.summary).toMatchObject({ resources_checked: 1 });
  });

  it.each(['s3', 'ebs', 'rds'])('gives the latest of several results of a tool, such as %s', async (latest) => {
    for (const service of ['s3', 'ebs', 'rds']) {
      const stored_at = `2026-11-0${service === latest ? 3 : 2}T00:00:00.000Z`;
      put(us, { asked: { services: [service] }, stored_at, summary: { service } });
    }
    put(us, { tool: 'CheckNetworkSecurity', stored_at: '2026-11-01T00:00:00.000Z' });
    const { contexts } = await ask();
    expect(contexts.map(({ tool, summary }) => [tool, summary])).toEqual([
      ['CheckNetworkSecurity', { resources_checked: 1 }],
      ['CheckStorageEncryption', { service: latest }],
    ]);
  });

  it.each([
    [24 * 3_600, false],
    [24 * 3_600 + 1, true],
    [-30, false],
    [25 * 3_600, true],
  ])('says how old a result is, and whether its time of a day is over: %i seconds, %s', async (age, expired) => {
    put(us, { stored_at: new Date(Date.now() - age * 1_000).toISOString() });
    // A clock that was ahead when it was stored makes no result younger than new.
    expect((await ask()).contexts).toMatchObject([{ age_seconds: Math.max(0, age), ttl_hours: 24, expired }]);
  });

  it('says that nothing is there, and which call would fill it', async () => {
    const answer = await ask({ tool: 'CheckNetworkSecurity' });
    expect(answer).toMatchObject({ available: false, contexts: [], complete: true });
    expect(answer.message).toBe(
      'Nothing is stored here. Call CheckNetworkSecurity for this account and Region first; store_in_context is on by default.',
    );
    const { message } = await ask({ account_id: 'all', region: 'all' });
    expect(message).toContain('Call CheckSecurityServices, CheckStorageEncryption or CheckNetworkSecurity for');
  });

  it.each([
    ['no JSON', (text: string) => text.slice(0, 40)],
    ['another shape', () => '{"hello":1}'],
    ['nothing', () => ''],
    ['another account', (text: string) => text.replace(one, two)],
    ['another Region', (text: string) => text.replace('us-east-1', 'eu-west-1')],
    ['other arguments', (text: string) => text.replace('"asked":{}', '"asked":{"services":["s3"]}')],
  ])('names an object that holds %s, and gives the rest', async (_what, damage) => {
    const key = put(us);
    objects.set(key, { text: damage(objects.get(key)?.text ?? ''), at: new Date() });
    const alone = await ask();
    expect(alone.error).toMatchObject({ code: 'internal', object: key });
    put({ account: two, region: 'us-east-1' });
    const both = await ask({ account_id: 'all' });
    expect(both.contexts.map(({ AccountId }) => AccountId)).toEqual([two]);
    expect(both.failures).toMatchObject([{ account_id: one, code: 'internal' }]);
    expect(both.failures?.[0]?.message).toBe(`The stored object ${key} is corrupt. Run the check again, or delete it.`);
    expect(both.complete).toBe(false);
  });

  it('makes plain whatever text stands in an object', async () => {
    const text = 'a\u200b\u202eb';
    put(us, { summary: { note: text, [text]: [null, { [text]: 1 }] }, details: [{ [text]: text }] });
    const { contexts, data } = await ask({ detailed: true });
    const plain = 'a\\u{200b}\\u{202e}b';
    expect(contexts[0]?.summary).toEqual({ note: plain, [plain]: [null, { [plain]: 1 }] });
    expect(data).toEqual([{ AccountId: one, Region: 'us-east-1', tool: 'CheckStorageEncryption', [plain]: plain }]);
  });

  it('gives the rows in pages, each once, within 5,000 tokens', async () => {
    const details = Array.from({ length: 500 }, (_, index) => ({ id: `vol-${index}`, issues: ['EC2.3: in clear'] }));
    put(us, { details });
    const answers = await walk(ask, { detailed: true });
    for (const answer of answers) expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
    const seen = answers.flatMap(({ data = [] }) => data.map(({ id }) => id));
    expect(seen).toEqual(details.map(({ id }) => id));
    expect(answers.length).toBeGreaterThan(1);
  });

  it('leaves long lists of a summary to detailed', async () => {
    const recommendations = Array.from({ length: 40 }, (_, index) => `EC2.${index}: do something about it`);
    put(us, { summary: { resources_checked: 3, recommendations } });
    expect((await ask()).contexts[0]?.summary).toEqual({ resources_checked: 3 });
    expect((await ask({ detailed: true })).contexts[0]?.summary).toEqual({ resources_checked: 3, recommendations });
  });

  it('keeps of a summary what is 400 characters of JSON at most', async () => {
    const [whole, long] = ['x'.repeat(398), 'x'.repeat(399)];
    put(us, { summary: { whole, long } });
    expect((await ask()).contexts[0]?.summary).toEqual({ whole });
  });

  it('gives results before rows, and no rows unless asked', async () => {
    put(us, { details: [{ id: 'vol-1' }, { id: 'vol-2', AccountId: two, Region: 'eu-west-1' }] });
    put(us, { tool: 'CheckNetworkSecurity', details: [{ id: 'sg-1' }] });
    const rows = await ask({ detailed: true });
    expect(rows.contexts.map(({ tool }) => tool)).toEqual(['CheckNetworkSecurity', 'CheckStorageEncryption']);
    const [network, storage] = ['CheckNetworkSecurity', 'CheckStorageEncryption'];
    expect(rows.data).toEqual([
      { AccountId: one, Region: 'us-east-1', tool: network, id: 'sg-1' },
      { AccountId: one, Region: 'us-east-1', tool: storage, id: 'vol-1' },
      // A finding of a member account says itself whose it is.
      { AccountId: two, Region: 'eu-west-1', tool: storage, id: 'vol-2' },
    ]);
    expect(await ask()).not.toHaveProperty('data');
    const pages = await walk(ask, { detailed: true, max_results: 1 });
    expect(pages.map(({ contexts, data }) => [contexts.length, data?.length])).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  it('takes one of several results whose time S3 does not say', async () => {
    s3.on(ListObjectsV2Command).callsFake(async () => ({ Contents: [...objects.keys()].map((Key) => ({ Key })) }));
    put(us, { asked: { services: ['s3'] } });
    put(us, { asked: { services: ['ebs'] } });
    expect((await ask()).contexts).toHaveLength(1);
  });

  it('reads only what belongs to the account, from a bucket of its own', async () => {
    const Key = put(us);
    await ask({ region: 'us-east-1' });
    expect(s3.commandCalls(GetObjectCommand).map(({ args }) => args[0].input)).toEqual([
      { Bucket: 'security-context', ExpectedBucketOwner: '999999999999', Key },
    ]);
    expect(s3.commandCalls(ListObjectsV2Command)[0]?.args[0].input).toEqual({
      Bucket: 'security-context',
      ExpectedBucketOwner: '999999999999',
      Prefix: 'v1/111111111111/us-east-1/',
    });
    expect((await ask({ account_id: '333333333333' })).error?.code).toBe('account_not_allowed');
  });

  it('names the action that its own role lacks', async () => {
    s3.on(ListObjectsV2Command).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    expect((await ask()).error).toMatchObject({ code: 'access_denied' });
    // What could not be read may hold much: it is not said that nothing is there.
    const everywhere = await ask({ account_id: 'all' });
    expect(everywhere).toMatchObject({ available: false, complete: false, failures: [{}, {}] });
    expect(everywhere).not.toHaveProperty('message');
  });

  it('gives no result whose object has no text', async () => {
    const key = put(us);
    s3.on(GetObjectCommand).resolves({});
    expect((await ask()).error).toMatchObject({ code: 'internal', object: key });
  });

  it('asks for one tool alone where one is named', async () => {
    put(us, { tool: 'CheckNetworkSecurity' });
    expect((await ask({ tool: 'CheckStorageEncryption' })).available).toBe(false);
    expect(s3.commandCalls(ListObjectsV2Command)[0]?.args[0].input.Prefix).toBe(
      'v1/111111111111/us-east-1/CheckStorageEncryption/',
    );
  });
});

describe('GetStoredSecurityContext without a store', () => {
  useMockedAws();

  it('says what is not configured', async () => {
    const { error } = await ask();
    expect(error).toMatchObject({ code: 'not_configured' });
    expect(error?.message).toContain('CENTRAL_OPS_CONTEXT_BUCKET');
  });
});
