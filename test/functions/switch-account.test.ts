import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { switchAccount } from '../../schemas/switch-account.ts';
import { answerAssumeRole, callTool, stsMock, useMockedAws } from '../support/mock-aws.ts';

interface ErrorAnswer {
  error: { code: string; message: string; reason?: string };
}

const { input, output } = switchAccount.example;

function refuse(text: string): void {
  stsMock.on(AssumeRoleCommand).rejects(Object.assign(new Error(text), { name: 'AccessDenied' }));
}

describe('switch_account', () => {
  useMockedAws();

  it('answers the documented example', async () => {
    stsMock.on(GetCallerIdentityCommand).resolves({ Account: '111111111111' });
    expect(await callTool(switchAccount, input)).toEqual(output);
  });

  it('opens a session that may do nothing', async () => {
    stsMock.on(GetCallerIdentityCommand).resolves({ Account: '111111111111' });
    await callTool(switchAccount, input);
    const { Policy } = stsMock.commandCalls(AssumeRoleCommand)[0]?.args[0].input ?? {};
    expect(JSON.parse(Policy ?? '').Statement).toEqual([{ Effect: 'Deny', Action: '*', Resource: '*' }]);
  });

  it.each([
    [
      'service_control_policy',
      'is not authorized to perform: sts:AssumeRole with an explicit deny in a service control policy',
    ],
    ['tools_role_policy', 'is not authorized because no identity-based policy allows the sts:AssumeRole action'],
    ['role_missing_or_not_trusting', 'User: x is not authorized to perform: sts:AssumeRole on resource: y'],
  ])('says the reason %s and the fix, and nothing of what STS said', async (reason, text) => {
    refuse(`CANARY ${text}`);
    const { error } = await callTool<ErrorAnswer>(switchAccount, input);
    expect(error).toMatchObject({ code: 'role_not_assumable', reason });
    expect(JSON.stringify(error)).not.toContain('CANARY');
  });

  it('refuses several accounts, all, and an account that is not configured', async () => {
    for (const account_id of ['111111111111,222222222222', 'all']) {
      expect((await callTool<ErrorAnswer>(switchAccount, { account_id })).error.code).toBe('invalid_input');
    }
    expect((await callTool<ErrorAnswer>(switchAccount, { account_id: '333333333333' })).error.code).toBe(
      'account_not_allowed',
    );
    expect(stsMock.calls()).toHaveLength(0);
  });

  it('stops when the session is of another account', async () => {
    stsMock
      .on(AssumeRoleCommand)
      .callsFake(async (command) =>
        answerAssumeRole({ ...command, RoleArn: command.RoleArn.replace('111111111111', '222222222222') }),
      );
    expect((await callTool<ErrorAnswer>(switchAccount, input)).error.code).toBe('internal');
    expect(stsMock.commandCalls(GetCallerIdentityCommand)).toHaveLength(0);
  });
});
