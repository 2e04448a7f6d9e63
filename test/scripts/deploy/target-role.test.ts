import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalog } from '../../../schemas/catalog.ts';
import { targetRole, targetRoleTemplate } from '../../../scripts/generate/target-role.ts';
import type { Template } from '../../../scripts/package/cloudformation.ts';
import { ROOT } from '../../../scripts/package/package-service.ts';
import { violations } from '../../../scripts/package/rules.ts';
import { actionsOf, statementsOf } from '../../../scripts/package/statements.ts';
import { stackSetCommands } from '../../../scripts/target-role/stack-set-commands.ts';
import { deployable } from '../../support/packaged.ts';

const folder = mkdtempSync(join(tmpdir(), 'central-ops-role-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'scripts', 'target-role.ts'), ...args], { encoding: 'utf8' });

const readsOf = (template: Template) =>
  statementsOf(template)
    .filter(({ resource, kind }) => kind === 'identity' && resource === 'TargetRole')
    .flatMap(({ statement }) => actionsOf(statement))
    .sort();

describe('npm run target-role', () => {
  it('narrows the role to the named toolsets', () => {
    const narrowed = parse(run('--toolsets', 'security,storage').stdout) as Template;
    const tools = catalog.filter(({ toolset }) => ['security', 'storage'].includes(toolset));
    // An action of two toolsets stands in each one's statement.
    expect([...new Set(readsOf(narrowed))]).toEqual([...new Set(tools.flatMap(({ iam }) => iam))].sort());
    expect(violations(narrowed)).toEqual([]);
    const organization = statementsOf(narrowed).filter(({ resource }) => resource === 'OrganizationPolicy');
    expect(organization.flatMap(({ statement }) => actionsOf(statement))).toEqual(['organizations:ListAccounts']);
  });

  it('writes a file, and names the toolsets when there is no such one', () => {
    const out = join(folder, 'target-role.yml');
    expect(run('--toolsets', 'compute', '--out', out).stdout).toBe(`${out}: the role for compute.\n`);
    expect(readFileSync(out, 'utf8')).toBe(targetRoleTemplate(catalog.filter(({ toolset }) => toolset === 'compute')));
    const { status, stderr } = run('--toolsets', 'everything');
    expect(status).toBe(1);
    expect(stderr).toContain('There is no everything: accounts, compute');
  });

  it('prints the commands for an organization, an OU and a list of accounts', () => {
    const { stdout, status } = run('--help');
    expect(status).toBe(0);
    for (const part of ['Into every account of the organization', 'Into one OU', 'Into a list of accounts']) {
      expect(stdout).toContain(`# ${part}`);
    }
    for (const parameter of ['CentralRoleArns', 'OrganizationId', 'ExternalId']) expect(stdout).toContain(parameter);
  });
});

describe('npm run target-role with bridges', () => {
  const config = join(folder, 'central-ops.json');
  const configure = (iam: readonly string[]) => {
    const server = { command: 'npx', args: ['-y', 'a-server'], tools: ['x'], iam };
    writeFileSync(join(folder, 'mcp-servers.json'), JSON.stringify({ mcpServers: { server } }));
    const bridges = { servers: 'mcp-servers.json', awsMcp: { tools: ['aws___search_documentation'] } };
    writeFileSync(config, JSON.stringify({ ...deployable, bridges }));
  };

  it('adds the exact actions of an entry and says which patterns it does not take', () => {
    configure(['ec2:DescribeAddresses', 'ec2:DescribeInstances', 'ecs:List*']);
    const { stdout, stderr, status } = run('--config', config);
    expect(status).toBe(0);
    const before = readsOf(targetRole(catalog));
    const added = readsOf(parse(stdout) as Template).filter((action) => !before.includes(action));
    expect(added).toEqual(['ec2:DescribeAddresses']);
    expect(stderr).toContain('server: ecs:List* is not put into the role');
    expect(run('--config', config, '--toolsets', 'compute').stdout).not.toContain('ec2:DescribeAddresses');
  });

  it('refuses actions that read what people keep', () => {
    configure(['logs:GetLogEvents']);
    const { stderr, status } = run('--config', config);
    expect([status, stderr]).toEqual([1, expect.stringContaining('no-contents: TargetRole allows logs:GetLogEvents')]);
  });
});

describe('the StackSet commands', () => {
  const commands = stackSetCommands('generated/target-role.yml', {
    homeRegion: 'eu-central-1',
    organizationId: 'o-a1b2c3d4e5',
    targetRoleName: 'ReadOnlyOps',
    managementAccountId: '111122223333',
    accounts: ['111111111111', '222222222222'],
  });

  it('are filled from the configuration, and the external ID is on no screen', () => {
    expect(commands).toContain('--region eu-central-1');
    expect(commands).toContain('Accounts=111111111111,222222222222,AccountFilterType=INTERSECTION');
    expect(commands).toContain('# Into the management account (111122223333)');
    expect(commands).not.toMatch(/<(region|o-id|account)>/);
    expect(commands).toContain('"ParameterKey":"ExternalId","ParameterValue":"\'$EXTERNAL_ID\'"');
  });

  it('are a script that a shell reads, with parameters that are JSON for every parameter of the template', () => {
    const assignments = commands.slice(commands.indexOf("PARAMETERS='"), commands.indexOf('# The role, once'));
    const script = `ROLE_ARNS=arn:one,arn:two\nEXTERNAL_ID=the-id\n${assignments}\nprintf %s "$PARAMETERS"`;
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    const parameters = JSON.parse(stdout) as { ParameterKey: string; ParameterValue: string }[];
    expect(
      Object.fromEntries(parameters.map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue])),
    ).toEqual({
      CentralRoleArns: 'arn:one,arn:two',
      OrganizationId: 'o-a1b2c3d4e5',
      ExternalId: 'the-id',
      RoleName: 'ReadOnlyOps',
      ManagementAccountId: '111122223333',
    });
    expect(parameters.map(({ ParameterKey }) => ParameterKey).sort()).toEqual(
      Object.keys(targetRole(catalog).Parameters ?? {}).sort(),
    );
    expect(spawnSync('sh', ['-n'], { input: commands }).status).toBe(0);
  });
});
