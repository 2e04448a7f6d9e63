import { EC2Client } from '@aws-sdk/client-ec2';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkStorageEncryption } from '../../../schemas/check-storage-encryption.ts';
import type { Tool } from '../../../schemas/define-tool.ts';
import type { Call } from '../../../shared/call.ts';
import { FatalError, ToolError } from '../../../shared/errors.ts';
import { Unread } from '../../../shared/security/control.ts';
import { keyManager } from '../../../shared/security/kms.ts';
import { eachOf, Reading } from '../../../shared/security/reading.ts';
import { testCall } from '../../support/call.ts';
import { failing, stsMock, useMockedAws } from '../../support/mock-aws.ts';
import { whenQuiet } from '../../support/when-quiet.ts';

const account = '111111111111';
const cell = { account, region: 'eu-west-1' };
const read = (changes: Partial<Call> = {}) =>
  new Reading(cell, testCall({ tool: checkStorageEncryption as unknown as Tool, ...changes }));
const fails = (error: Error) => () => Promise.reject(error);

describe('an account and Region while it is read', () => {
  useMockedAws();

  it('names what is in it by its own partition', () => {
    const self = { partition: 'aws-us-gov', region: 'us-gov-west-1', account: '999999999999' };
    const arn = read({ self }).arn('elasticfilesystem', 'file-system/fs-1');
    expect(arn).toBe('arn:aws-us-gov:elasticfilesystem:eu-west-1:111111111111:file-system/fs-1');
  });

  it('gives clients of its account, in its Region or another', async () => {
    const reading = read();
    const clients = [await reading.client(EC2Client), await reading.client(EC2Client, 'us-east-1')];
    expect(await Promise.all(clients.map(({ config }) => config.region()))).toEqual(['eu-west-1', 'us-east-1']);
    const roles = stsMock.commandCalls(AssumeRoleCommand).map(({ args }) => args[0].input.RoleArn);
    expect(new Set(roles)).toEqual(new Set(['arn:aws:iam::111111111111:role/CentralOpsTargetRole']));
  });

  it('keeps why a part could not be read, each fault once, and goes on', async () => {
    const reading = read();
    const denied = new ToolError('access_denied', 'ec2:DescribeVolumes is denied.');
    const parts = [
      await reading.part(async () => 'read'),
      await reading.part(async () => null),
      await reading.part(fails(denied)),
      await reading.part(fails(new ToolError('access_denied', 'ec2:DescribeVolumes is denied.'))),
      await reading.part(fails(new ToolError('access_denied', 'ec2:DescribeSnapshots is denied.'))),
      await reading.part(fails(failing('ThrottlingException'))),
    ];
    const unread = new Unread('access_denied');
    expect(parts).toEqual(['read', null, unread, unread, unread, new Unread('throttled')]);
    expect([...reading.faults.values()].map(({ code, message }) => [code, message])).toEqual([
      ['access_denied', 'ec2:DescribeVolumes is denied.'],
      ['access_denied', 'ec2:DescribeSnapshots is denied.'],
      ['throttled', expect.stringContaining('AWS throttled')],
    ]);
  });

  it('blames the time for whatever fails after the deadline', async () => {
    const reading = read({ signal: AbortSignal.abort() });
    expect(await reading.part(fails(failing('AccessDenied')))).toEqual(new Unread('timeout'));
    expect([...reading.faults.values()].map(({ message }) => message)).toEqual([
      'No answer from AWS before the deadline.',
    ]);
  });

  it('goes on after no fault that forbids every further call', async () => {
    const reading = read();
    await expect(reading.part(fails(new FatalError('internal', 'Another role.')))).rejects.toThrow('Another role.');
    expect(reading.faults.size).toBe(0);
  });

  it('reads once what several things share, also while it is still being read', async () => {
    const reading = read();
    const asked: string[] = [];
    const ask = (key: string) =>
      reading.once(key, async () => {
        asked.push(key);
        return key.toUpperCase();
      });
    expect(await Promise.all([ask('a'), ask('b'), ask('a')])).toEqual(['A', 'B', 'A']);
    expect(await ask('b')).toBe('B');
    expect(asked).toEqual(['a', 'b']);
  });
});

describe('looking at each of many', () => {
  it('looks at ten at once, each once, and gives what was found in order', async () => {
    const quiet = whenQuiet(50);
    let inFlight = 0;
    const peaks: number[] = [];
    const items = Array.from({ length: 25 }, (_, index) => index);
    const found = await eachOf(items, async (item) => {
      inFlight++;
      await quiet();
      peaks.push(inFlight--);
      return item * 2;
    });
    expect(found).toEqual(items.map((item) => item * 2));
    expect([peaks.length, Math.max(...peaks)]).toEqual([25, 10]);
  });

  it('looks at nothing where there is nothing', async () => {
    expect(await eachOf([], () => Promise.reject(new Error('Asked.')))).toEqual([]);
  });
});

describe('who manages a key', () => {
  useMockedAws();
  const kms = mockClient(KMSClient);
  beforeEach(() => void kms.reset());

  it('is nobody where nothing is encrypted and AWS where no key is named, which needs no call', async () => {
    const reading = read();
    expect(await keyManager(reading, false, 'key-1')).toBe('NONE');
    expect(await keyManager(reading, undefined, 'key-1')).toBe('NONE');
    expect(await keyManager(reading, true, undefined)).toBe('AWS_OWNED');
    expect(await keyManager(reading, true, '')).toBe('AWS_OWNED');
    expect(kms.calls()).toEqual([]);
  });

  it('is who KMS says, asked once for each key', async () => {
    const reading = read();
    kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', KeyManager: 'CUSTOMER' } });
    kms.on(DescribeKeyCommand, { KeyId: 'alias/aws/ebs' }).resolves({ KeyMetadata: { KeyId: 'k', KeyManager: 'AWS' } });
    const keys = ['alias/aws/ebs', 'key-1', 'alias/aws/ebs', 'key-1'];
    const managers = await Promise.all(keys.map((key) => keyManager(reading, true, key)));
    expect(managers).toEqual(['AWS', 'CUSTOMER', 'AWS', 'CUSTOMER']);
    expect(kms.commandCalls(DescribeKeyCommand).map(({ args }) => args[0].input)).toEqual([
      { KeyId: 'alias/aws/ebs' },
      { KeyId: 'key-1' },
    ]);
  });

  it('is not known where KMS refuses to say, and the action that is missing is named once', async () => {
    const reading = read();
    const message = 'User: x is not authorized to perform: kms:DescribeKey because no identity-based policy allows it';
    kms.on(DescribeKeyCommand).rejects(failing('AccessDeniedException', message));
    const managers = await Promise.all(['key-1', 'key-2'].map((key) => keyManager(reading, true, key)));
    expect(managers).toEqual([new Unread('access_denied'), new Unread('access_denied')]);
    expect([...reading.faults.values()].map(({ details }) => details.action)).toEqual(['kms:DescribeKey']);
  });
});
