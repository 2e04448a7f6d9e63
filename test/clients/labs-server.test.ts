import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { mcpBridge } from '../../schemas/mcp-bridge.ts';
import { type Demo, startDemo } from '../../scripts/local/demo.ts';
import { callBridge, withBridges } from '../support/bridges.ts';

const pythons = inject('pythons');
const iam = ['iam:ListUsers', 'iam:ListRoles'];

describe.skipIf(pythons === undefined)("AWS Labs' IAM server behind the bridge", () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(() => demo?.stop());

  const bridged = (actions = iam) => {
    for (const [name, value] of Object.entries(demo.environment)) vi.stubEnv(name, value);
    demo.proxy.clearCalls();
    withBridges({
      iam: {
        kind: 'stdio',
        command: pythons?.labs ?? '',
        args: ['-m', 'awslabs.iam_mcp_server.server'],
        env: { FASTMCP_LOG_LEVEL: 'ERROR' },
        iam: actions,
        tools: { list_roles: { repeatable: true }, list_users: { repeatable: true } },
      },
    });
    return (tool: string, event: object) => callBridge(mcpBridge, `iam___${tool}`, event, 50_000);
  };
  const readable = () => demo.estate.accounts.filter(({ reachable }) => reachable).map(({ id }) => id);

  it("reads each account with the role of that account, narrowed to the entry's actions", async () => {
    const call = bridged();
    const [first = '', second = ''] = readable();
    for (const account_id of [first, second]) {
      const answer = await call('list_roles', { account_id });
      expect(answer, JSON.stringify(answer).slice(0, 900)).toMatchObject({
        server: 'iam',
        tool: 'list_roles',
        account_id,
      });
      expect(answer.is_error, JSON.stringify(answer.result)).toBeUndefined();
      expect(JSON.stringify(answer.result)).toContain(`arn:aws:iam::${account_id}:role/CentralOpsTargetRole`);
    }
    const asked = demo.proxy.calls.filter(({ operation }) => operation === 'ListRoles');
    expect(asked.map(({ account }) => account)).toEqual([first, second]);
    expect(asked.map(({ sessionPolicyActions }) => sessionPolicyActions)).toEqual([iam, iam]);
  });

  it('can do no more than the entry says', async () => {
    const [account_id = ''] = readable();
    const answer = await bridged(['iam:ListUsers'])('list_roles', { account_id });
    expect(answer.is_error).toBe(true);
    const denied = demo.proxy.calls.filter(({ operation }) => operation === 'ListRoles');
    expect(denied.map(({ errorCode }) => errorCode)).toEqual(['AccessDenied']);
  });
});
