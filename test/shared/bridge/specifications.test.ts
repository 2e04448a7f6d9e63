import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { BridgeKind, BridgeSpecification } from '../../../schemas/bridge-specification.ts';
import { askedBridge } from '../../../shared/bridge/specifications.ts';
import { withBridges } from '../../support/bridges.ts';
import { testCall } from '../../support/call.ts';
import { useMockedAws } from '../../support/mock-aws.ts';

const stdio: BridgeSpecification = {
  kind: 'stdio',
  command: 'node',
  args: [],
  env: {},
  tools: { reads: { repeatable: true }, writes: { repeatable: false } },
};
const aws: BridgeSpecification = {
  kind: 'aws-mcp',
  endpoint: 'https://aws-mcp.us-east-1.api.aws/mcp',
  iam: ['ec2:Describe*'],
  tools: { reads: { repeatable: true } },
};

useMockedAws();

const asked = (visibleName?: string, kind: BridgeKind = 'stdio') => askedBridge(kind, testCall({ visibleName }));

describe('the bridge that a call names', () => {
  it('comes with its specification, the tool, whether it only reads, and the folder of its file', async () => {
    const folder = withBridges({ other: aws, files: stdio });
    const found = { name: 'files', specification: stdio, folder };
    expect(await asked('files___reads')).toEqual({ ...found, tool: 'reads', repeatable: true });
    expect(await asked('files___writes')).toEqual({ ...found, tool: 'writes', repeatable: false });
    vi.stubEnv('CENTRAL_OPS_BRIDGES', relative('', `${folder}/bridges.json`));
    expect((await asked('files___reads')).folder).toBe(folder);
  });

  it.each([
    ['files___reads', 'files'],
    ['team-files___reads', 'team-files'],
    ['central-ops-files___reads', 'files'],
    ['central-ops-team-files___reads', 'team-files'],
  ])('is the one of the whole name, where another ends as it does: %s is %s', async (visible, name) => {
    withBridges({ files: stdio, 'team-files': stdio, les: stdio });
    expect((await asked(visible)).name).toBe(name);
    withBridges({ 'team-files': stdio, files: stdio, les: stdio });
    expect((await asked(visible)).name).toBe(name);
  });

  it.each([
    undefined,
    '',
    'reads',
    '___reads',
    'other___reads',
    'xfiles___reads',
    'files-x___reads',
    'constructor___reads',
  ])('is none for a call of %j, which did not come through a gateway', async (visible) => {
    withBridges({ files: stdio });
    await expect(asked(visible)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('it must come through a gateway'),
    });
  });

  it('is none of another kind: the function of one kind does not serve the other', async () => {
    withBridges({ files: stdio, 'aws-mcp': aws });
    expect((await asked('aws-mcp___reads', 'aws-mcp')).specification).toEqual(aws);
    for (const refused of [asked('aws-mcp___reads', 'stdio'), asked('files___reads', 'aws-mcp')])
      await expect(refused).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('a tool that may not be called', () => {
  it.each(['deletes', 'READS', '', 'toString', '__proto__'])(
    'is refused by the name of its bridge: %j',
    async (tool) => {
      withBridges({ files: stdio });
      await expect(asked(`files___${tool}`)).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('allow-list of the bridge files'),
        details: { field: 'tool' },
      });
    },
  );
});

describe('the file of bridges', () => {
  it('is read once: what a running function may call does not change under it', async () => {
    const folder = withBridges({ files: stdio });
    await asked('files___reads');
    rmSync(`${folder}/bridges.json`);
    expect((await asked('files___reads')).name).toBe('files');
  });

  it.each(['', '/nowhere/bridges.json'])('that is not there makes the function not configured: %j', async (path) => {
    vi.stubEnv('CENTRAL_OPS_BRIDGES', path);
    await expect(asked('files___reads')).rejects.toMatchObject({
      code: 'not_configured',
      message: expect.stringContaining('file of bridges beside the function is missing or wrong'),
    });
  });
});
