import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { withAccess } from '../../shared/account-access.ts';
import { testCall } from '../support/call.ts';
import { stsMock, useMockedAws } from '../support/mock-aws.ts';

describe('withAccess', () => {
  useMockedAws({ homeRegion: 'eu-west-1' });
  beforeEach(() => void stsMock.on(GetCallerIdentityCommand).resolves({ Account: '111111111111' }));
  let next = 0;
  /** An account that no test asked before: sessions are kept. */
  const account = () => ({ Id: String(++next).padStart(12, '0'), Name: 'payments' });

  it('enters the account with a session that may do nothing, in the home Region', async () => {
    const asked = account();
    expect(await withAccess(asked, testCall())).toEqual({ ...asked, reachable: true });
    const { RoleArn, Policy } = stsMock.commandCalls(AssumeRoleCommand)[0]?.args[0].input ?? {};
    expect(RoleArn).toBe(`arn:aws:iam::${asked.Id}:role/CentralOpsTargetRole`);
    expect(JSON.parse(Policy ?? '').Statement).toEqual([{ Effect: 'Deny', Action: '*', Resource: '*' }]);
    const [identity] = stsMock.commandCalls(GetCallerIdentityCommand);
    expect(await identity?.thisValue.config.region()).toBe('eu-west-1');
  });

  it('tells the code of why not, when the role is refused and when the Region does not know the session', async () => {
    const [refused, unknown] = [account(), account()];
    stsMock.on(GetCallerIdentityCommand).rejects(Object.assign(new Error('no'), { name: 'InvalidClientTokenId' }));
    expect(await withAccess(unknown, testCall())).toEqual({
      ...unknown,
      reachable: false,
      reason: 'region_not_enabled',
    });
    stsMock.on(AssumeRoleCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    expect(await withAccess(refused, testCall())).toEqual({
      ...refused,
      reachable: false,
      reason: 'role_not_assumable',
    });
  });

  it('takes an answer that nobody foresaw for a failure of the request, not of the tool', async () => {
    stsMock.on(GetCallerIdentityCommand).rejects(new TypeError('half an answer'));
    expect(await withAccess(account(), testCall())).toMatchObject({ reachable: false, reason: 'unavailable' });
  });
});
