import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { switchAccount } from '../schemas/switch-account.ts';
import { clientFor } from '../shared/assume-role.ts';
import { FatalError, ToolError } from '../shared/errors.ts';
import { expandTargets } from '../shared/targets.ts';
import { toolHandler } from '../shared/tool-handler.ts';

export const handler = toolHandler(switchAccount, async (input, call) => {
  const { accounts, regions } = await expandTargets(input, call);
  const [account, region] = [only('account_id', accounts), only('region', regions)];
  const sts = await clientFor(STSClient, { account, region }, call);
  const identity = await sts.send(new GetCallerIdentityCommand());
  if (identity.Account !== account)
    throw new FatalError('internal', 'AWS answered for another account than asked for.');
  return {
    account_id: account,
    region,
    reachable: true as const,
    role_arn: `arn:${call.self.partition}:iam::${account}:role/${call.configuration.targetRoleName}`,
    note: 'Nothing is remembered: pass this account_id and region with every call.',
  };
});

function only(field: string, values: readonly string[]): string {
  const [value, ...others] = values;
  if (value === undefined || others.length > 0) {
    throw new ToolError('invalid_input', `${field}: name one. Other tools take several at once, or all.`, { field });
  }
  return value;
}
