import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Severity } from '../../../schemas/security-check.ts';
import { FatalError, ToolError } from '../../../shared/errors.ts';
import { controlsOn, fail, type Part, pass, type Resource } from '../../../shared/security/control.ts';
import type { Reading } from '../../../shared/security/reading.ts';
import { checkedService } from '../../../shared/security/service.ts';
import { checkAll } from '../../support/check-things.ts';
import { useMockedAws } from '../../support/mock-aws.ts';

interface Thing extends Resource {
  readonly Good: Part<boolean>;
}

const s3 = mockClient(S3Client);
const type = 'AWS::Some::Thing';
const account_id = '111111111111';
const denied = new ToolError('access_denied', 'other:DescribeThing is denied.');

const control = (id: string, severity: Severity) =>
  controlsOn<Thing>(
    'alpha',
    type,
  )({
    id,
    title: `Things hold to ${id}`,
    severity,
    fields: ['Good'],
    remediation: `Mend ${id}.`,
    url: 'https://docs.aws.amazon.com',
    judge: ({ Good }) => (Good ? pass('good') : fail('bad')),
  });

/** A service whose things `read` gives. */
const service = (read: (cell: Reading) => Promise<Thing[]>) =>
  checkedService('alpha', [{ types: [type], read }], [control('A.1', 'LOW'), control('A.2', 'HIGH')]);

/** A good thing and a bad one; in eu-west-1 a third that cannot be read. */
const things = service(async (cell) => [
  { type, id: 'good', arn: cell.arn('other', 'good'), Good: true },
  { type, id: 'bad', Good: false },
  ...(cell.region === 'eu-west-1' ? [{ type, id: 'open', Good: await cell.part(() => Promise.reject(denied)) }] : []),
]);

const puts = () => s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
const keys = () => puts().map(({ Key }) => Key);

describe('what a check keeps', () => {
  useMockedAws({ contextStore: { bucket: 'security-context', ttlHours: 6 } });
  beforeEach(() => {
    s3.reset();
    s3.on(PutObjectCommand).resolves({});
  });

  it('is of each place its counts, its faults and every field of its details, worst first, in our own bucket', async () => {
    const { context } = await checkAll([things], { account_id, region: 'us-east-1,eu-west-1', fields: ['id'] });
    expect(context).toEqual({ stored: true, objects: 2 });
    const [us, eu] = puts();
    expect(us).toEqual({
      Bucket: 'security-context',
      ExpectedBucketOwner: '999999999999',
      Key: expect.stringMatching(/^v1\/111111111111\/us-east-1\/CheckThings\/[0-9a-f]{16}\.json$/),
      Body: expect.any(String),
      ContentType: 'application/json',
      ServerSideEncryption: 'AES256',
    });
    const kept = JSON.parse(String(us?.Body));
    expect(kept).toMatchObject({ tool: 'CheckThings', account_id, region: 'us-east-1', ttl_hours: 6 });
    expect(Date.now() - Date.parse(kept.stored_at)).toBeLessThan(60_000);
    expect(kept.asked).toEqual({ services: ['alpha'] });
    expect(kept.summary).toMatchObject({ services_checked: ['alpha'], resources_checked: 2, complete: true });
    expect(kept.summary.controls).toHaveLength(2);
    expect(kept.summary).not.toHaveProperty('failures');
    const issues = ['A.2: bad', 'A.1: bad'];
    const common = { service: 'alpha', type };
    const bad = { ...common, id: 'bad', state: 'fail', compliant: false, severity: 'HIGH', issues };
    expect(kept.details).toEqual([
      { ...bad, checks: { 'A.2': 'fail', 'A.1': 'fail' } },
      {
        ...common,
        id: 'good',
        arn: 'arn:aws:other:us-east-1:111111111111:good',
        state: 'pass',
        compliant: true,
        checks: { 'A.2': 'pass', 'A.1': 'pass' },
      },
    ]);
    const other = JSON.parse(String(eu?.Body));
    expect(other).toMatchObject({ region: 'eu-west-1', summary: { resources_checked: 3, complete: false } });
    expect(other.summary.failures).toEqual([
      { account_id, region: 'eu-west-1', code: 'access_denied', message: 'other:DescribeThing is denied.' },
    ]);
    expect(other.details.map(({ id }: { id: string }) => id)).toEqual(['bad', 'open', 'good']);
  });

  it('takes the place of the same check before it, and of no other', async () => {
    const here = { account_id, region: 'us-east-1' };
    await checkAll([things], here);
    await checkAll([things], { ...here, max_results: 1, fields: ['id'], faults_only: true });
    await checkAll([things], { ...here, services: ['alpha'] });
    expect(new Set(keys()).size).toBe(1);
    await checkAll([things], { ...here, min_severity: 'HIGH' });
    expect(new Set(keys()).size).toBe(2);
    expect(JSON.parse(String(puts().at(-1)?.Body)).asked).toEqual({ services: ['alpha'], min_severity: 'HIGH' });
  });

  it('is nothing of a place that is closed', async () => {
    const open = new Set(['us-east-1']);
    const closed = service(async ({ region }) => {
      if (!open.has(region)) throw new ToolError('region_not_enabled', 'Off.');
      return [{ type, id: 'good', Good: true }];
    });
    expect((await checkAll([closed], { account_id })).context).toEqual({ stored: true, objects: 1 });
    expect(keys()).toEqual([expect.stringContaining('/us-east-1/')]);
    open.clear();
    expect((await checkAll([closed], { account_id })).context).toEqual({
      stored: false,
      reason: 'nothing could be read',
    });
    expect(puts()).toHaveLength(1);
  });

  it('is nothing when the caller does not want it', async () => {
    const { context } = await checkAll([things], { account_id, store_in_context: false });
    expect(context).toEqual({ stored: false, reason: 'not asked for' });
    expect(puts()).toEqual([]);
  });

  it('goes to the bucket by the Region of the tools, whatever Region was checked', async () => {
    await checkAll([things], { account_id, region: 'eu-west-1' });
    const client = s3.commandCalls(PutObjectCommand)[0]?.thisValue as S3Client;
    expect(await client.config.region()).toBe('us-east-1');
  });

  it('spoils no answer when the store refuses it, and says why', async () => {
    s3.on(PutObjectCommand).rejects(Object.assign(new Error('CANARY'), { name: 'NoSuchBucket' }));
    const answer = await checkAll([things], { account_id, region: 'us-east-1' });
    expect(answer).toMatchObject({ resources_checked: 2, complete: true });
    expect(answer.context).toEqual({ stored: false, reason: 'not_found' });
  });

  it('is no reason to go on after a fault that forbids every further call', async () => {
    s3.on(PutObjectCommand).rejects(new FatalError('internal', 'A request to a host outside AWS was stopped.'));
    const { error } = await checkAll([things], { account_id, region: 'us-east-1' });
    expect(error).toMatchObject({ code: 'internal', message: 'A request to a host outside AWS was stopped.' });
  });
});
