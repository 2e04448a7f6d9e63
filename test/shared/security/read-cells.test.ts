import { describe, expect, it } from 'vitest';
import { FatalError, ToolError } from '../../../shared/errors.ts';
import { controlsOn, fail, type Part, pass, type Resource } from '../../../shared/security/control.ts';
import type { Reading } from '../../../shared/security/reading.ts';
import { checkedService } from '../../../shared/security/service.ts';
import { checkAll } from '../../support/check-things.ts';
import { useMockedAws } from '../../support/mock-aws.ts';

interface Thing extends Resource {
  readonly Good: Part<boolean>;
}

const THING = 'AWS::Some::Thing';
const OTHER = 'AWS::Some::Other';

/** A service with one list and one control on what `read` gives. */
function service(name: string, read: (cell: Reading) => Promise<Resource[]>, ...types: string[]) {
  const judged = types.length > 0 ? types : [THING];
  const control = controlsOn<Thing>(
    name,
    ...judged,
  )({
    id: `${name.charAt(0).toUpperCase()}.1`,
    title: 'Things are good',
    severity: 'LOW',
    fields: ['Good'],
    remediation: 'Mend the thing.',
    url: 'https://docs.aws.amazon.com',
    judge: ({ Good }) => (Good ? pass('good') : fail('bad')),
  });
  return checkedService(name, [{ types: judged, read }], [control]);
}

const good = async (): Promise<Thing[]> => [{ type: THING, id: 'thing-1', Good: true }];

const here = { account_id: '111111111111', region: 'us-east-1' };

/** Fails as a request does that the deadline ends. */
const afterDeadline = ({ call: { signal } }: Reading) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(Object.assign(new Error('aborted'), { name: 'AbortError' })));
  });

describe('a check of accounts and Regions', () => {
  useMockedAws();

  it.each(['role_not_assumable', 'region_not_enabled'] as const)(
    'is the error itself when the only cell is closed by %s, and one failure a cell among others',
    async (code) => {
      const closed = async ({ account }: Reading): Promise<Resource[]> => {
        if (account === '111111111111') throw new ToolError(code, 'Closed.');
        return good();
      };
      const services = [service('alpha', closed), service('beta', closed)];
      expect(await checkAll(services, here)).toMatchObject({
        error: { code },
      });
      const both = await checkAll(services, { account_id: '111111111111,222222222222', region: 'us-east-1' });
      expect(both).toMatchObject({ resources_checked: 2, unknown_resources: 0, complete: false });
      expect(both.failures).toEqual([{ account_id: '111111111111', region: 'us-east-1', code, message: 'Closed.' }]);
    },
  );

  it('keeps what was found beside a service that finds the Region off, and tells that', async () => {
    const off = () => Promise.reject(new ToolError('region_not_enabled', 'Off.'));
    const answer = await checkAll([service('alpha', off), service('beta', good)], here);
    expect(answer).toMatchObject({
      resources_checked: 2,
      compliant_resources: 1,
      unknown_resources: 1,
      complete: false,
    });
    expect(answer.failures).toMatchObject([{ code: 'region_not_enabled' }]);
    expect(answer.resource_details).toMatchObject([
      { service: 'alpha', id: '*', issues: ['A.1: list not read: region_not_enabled'] },
      { service: 'beta', state: 'pass' },
    ]);
  });

  it('tells the time that is over once, whether the lists or their parts took it', async () => {
    const partly = async (cell: Reading): Promise<Resource[]> => {
      const parts = [0, 1].map(() => cell.part(() => afterDeadline(cell)));
      return [{ type: THING, id: 'thing-1', Good: (await Promise.all(parts))[0] } as Resource];
    };
    const hang = () => new Promise<never>(() => {});
    const failures = [
      {
        account_id: '111111111111',
        region: 'us-east-1',
        code: 'timeout',
        message: 'No answer from AWS before the deadline.',
      },
    ];
    const lists = await checkAll([service('alpha', hang), service('beta', hang)], here, 1_200);
    expect(lists).toMatchObject({ unknown_resources: 2, complete: false, failures });
    const both = await checkAll([service('alpha', partly), service('beta', hang)], here, 1_200);
    expect(both).toMatchObject({ unknown_resources: 2, complete: false, failures });
    expect(both.resource_details.map(({ issues }) => issues)).toEqual([
      ['A.1: Good not read: timeout'],
      ['B.1: list not read: timeout'],
    ]);
  });

  it('calls what AWS did not say unknown, by its name', async () => {
    const unsaid = async () => [{ type: THING, id: 'thing-1' }];
    const answer = await checkAll([service('alpha', unsaid)], here);
    expect(answer).toMatchObject({ unknown_resources: 1, complete: true });
    expect(answer.resource_details).toMatchObject([{ issues: ['A.1: AWS did not say Good'] }]);
  });

  it('shows a list of several types once for each type that a control would have judged', async () => {
    const denied = () => Promise.reject(new ToolError('access_denied', 'Denied.'));
    const { controls } = service('alpha', denied, THING, OTHER);
    const types = [THING, 'AWS::Some::Third', OTHER];
    const answer = await checkAll([checkedService('alpha', [{ types, read: denied }], controls)], here);
    expect(answer.resource_details).toMatchObject([
      { type: OTHER, id: '*', state: 'unknown' },
      { type: THING, id: '*', state: 'unknown' },
    ]);
    expect(answer.failures).toHaveLength(1);
  });

  it('calls nothing further, in any account, after a fault that forbids it', async () => {
    const fatal = async ({ account }: Reading) => {
      if (account === '222222222222') throw new FatalError('internal', 'Credentials of another role.');
      return good();
    };
    const answer = await checkAll([service('alpha', fatal)]);
    expect(answer).toMatchObject({ error: { code: 'internal', message: 'Credentials of another role.' } });
    expect(answer).not.toHaveProperty('resources_checked');
  });

  it('reads what an account has once in the first of its Regions', async () => {
    const first: string[] = [];
    const once = async ({ account, region, isFirstOfAccount }: Reading) => {
      if (isFirstOfAccount) first.push(`${account} ${region}`);
      return [];
    };
    await checkAll([service('alpha', once)], {
      account_id: '111111111111,222222222222',
      region: 'eu-west-1,us-east-1',
    });
    expect(first.sort()).toEqual(['111111111111 eu-west-1', '222222222222 eu-west-1']);
  });
});
