import { describe, expect, it } from 'vitest';
import { catalog } from '../schemas/catalog.ts';
import { executionRoles, roleOf, rolesOf } from '../scripts/package/execution-roles.ts';
import { deployable } from './support/packaged.ts';
import { evaluate, policiesOf } from './support/policy-evaluator.ts';
import { HUB_ACCOUNT, resolvedResources } from './support/resolved-template.ts';

const { managementAccountId: _none, ...ownDiscovery } = deployable;
const throughManagement = resolvedResources({ Resources: executionRoles(catalog, deployable) });
const byThemselves = resolvedResources({ Resources: executionRoles(catalog, ownDiscovery) });

const FUNCTION = `arn:aws:lambda:us-east-1:${HUB_ACCOUNT}:function`;
const BUCKET = 'arn:aws:s3:::central-ops-context';

/** The roles that may do it. */
async function allowed(
  action: string,
  resource: string,
  resources = throughManagement,
  context = {},
): Promise<string[]> {
  const names: string[] = [];
  for (const { name, logicalId } of rolesOf(catalog)) {
    const decision = await evaluate({
      principal: `arn:aws:sts::${HUB_ACCOUNT}:assumed-role/${name}/function`,
      action,
      resource,
      account: HUB_ACCOUNT,
      identity: policiesOf(logicalId, resources),
      context,
    });
    if (decision === 'Allowed') names.push(name);
  }
  return names;
}

const everyRole = rolesOf(catalog).map(({ name }) => name);

describe("the functions' own roles", () => {
  it('serve each tool by what it declares as its own', () => {
    for (const tool of catalog) {
      const statements = JSON.stringify(policiesOf(roleOf(tool).logicalId, byThemselves));
      for (const action of tool.ownIam ?? []) expect(statements, tool.name).toContain(`"${action}"`);
    }
  });

  it('write their own logs, and no others', async () => {
    const group = (name: string) => `arn:aws:logs:us-east-1:${HUB_ACCOUNT}:log-group:${name}:log-stream:one`;
    expect(await allowed('logs:PutLogEvents', group('/aws/lambda/central-ops-list-accounts'))).toEqual(everyRole);
    expect(await allowed('logs:PutLogEvents', group('/aws/lambda/payments'))).toEqual([]);
  });

  it('run tools only for aggregate_results, by exact names, itself left out', async () => {
    const run = (name: string) => allowed('lambda:InvokeFunction', `${FUNCTION}:${name}`);
    expect(await run('central-ops-describe-ec2-instances')).toEqual(['central-ops-aggregation']);
    expect(await run('central-ops-aggregate-results')).toEqual([]);
    expect(await run('central-ops-something-else')).toEqual([]);
    expect(await run('payments')).toEqual([]);
  });

  it('reach the context store only for the security tools, under its prefix', async () => {
    expect(await allowed('s3:PutObject', `${BUCKET}/v1/a.json`)).toEqual(['central-ops-context-writer']);
    expect(await allowed('s3:PutObject', `${BUCKET}/other/a.json`)).toEqual([]);
    expect(await allowed('s3:PutObject', 'arn:aws:s3:::payments/v1/a.json')).toEqual([]);
    const readers = everyRole.filter((name) => name === 'central-ops-context-reader');
    expect(await allowed('s3:GetObject', `${BUCKET}/v1/a.json`)).toEqual(readers);
    const list = (prefix: string) => allowed('s3:ListBucket', BUCKET, throughManagement, { 's3:prefix': prefix });
    expect(await list('v1/111111111111/')).toEqual(readers);
    expect(await list('')).toEqual([]);
  });

  it('read the organization only where no management account is configured, beyond its list only for two tools', async () => {
    expect(await allowed('organizations:ListAccounts', '*')).toEqual([]);
    expect(await allowed('organizations:ListAccounts', '*', byThemselves)).toEqual(everyRole);
    expect(await allowed('organizations:ListRoots', '*', byThemselves)).toEqual([]);
    const account = 'arn:aws:organizations::111122223333:account/o-a1b2c3d4e5/111111111111';
    expect(await allowed('organizations:DescribeAccount', account, byThemselves)).toEqual(['central-ops-organization']);
    expect(await allowed('organizations:DescribeAccount', account)).toEqual([]);
  });
});
