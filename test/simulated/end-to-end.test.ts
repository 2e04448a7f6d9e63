import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { catalog } from '../../schemas/catalog.ts';
import { kebabCase } from '../../schemas/define-tool.ts';
import { demoEvent } from '../../scripts/local/estate/demo-events.ts';
import type { CallRecord } from '../../scripts/local/gateway/call-record.ts';
import { type Gateway, startGateway } from '../../scripts/local/gateway/gateway.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { describeEstate } from '../support/estate.ts';

describeEstate('a real MCP client, the local gateway, the handlers and the organization', (access) => {
  let gateway: Gateway;
  let client: Client;
  const records: CallRecord[] = [];
  const auditLines: Record<string, unknown>[] = [];

  beforeAll(async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    gateway = await startGateway({
      onCall: (record) => records.push(record),
      onAuditLine: (line) => auditLines.push(JSON.parse(line)),
    });
    vi.stubEnv('CENTRAL_OPS_INVOKE_ENDPOINT', new URL(gateway.url).origin);
    client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  });
  afterAll(async () => {
    await client.close();
    await gateway.stop();
  });

  const call = async (name: string, args: Record<string, unknown>) => {
    const result = await client.callTool({ name: `${kebabCase(name)}___${name}`, arguments: args });
    const [block] = result.content as { type: string; text: string }[];
    return { isError: result.isError, answer: JSON.parse(block?.text ?? 'null') };
  };

  it('lists every tool', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(catalog.map(({ name }) => `${kebabCase(name)}___${name}`));
  });

  it.each(catalog.map((tool) => [tool.name, tool] as const))(
    '%s answers its demo call within 5,000 tokens, in its declared shape',
    async (name, tool) => {
      const { isError, answer } = await call(name, demoEvent(tool, access.estate));
      expect(isError).not.toBe(true);
      expect(answer.error).toBeUndefined();
      expect(tool.output.answer.safeParse(answer).error).toBeUndefined();
      expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
      expect(records.some(({ tool: recorded }) => recorded === name)).toBe(true);
    },
  );

  it('several accounts are entered with a role in each', async () => {
    await call('describe_ec2_instances', { account_id: 'all', region: 'all' });
    const entered = new Set(
      access
        .allCalls()
        .filter(({ operation }) => operation === 'DescribeInstances')
        .map(({ account }) => account),
    );
    expect(entered.size).toBeGreaterThan(3);
  });

  it('an error answer is data, with its code', async () => {
    const { answer } = await call('describe_ec2_instances', { account_id: '000000000000' });
    expect(answer.error.code).toBe('account_not_allowed');
  });

  it('joins the audit line to CloudTrail by the session name', async () => {
    auditLines.length = 0;
    const { answer } = await call('describe_ec2_vpcs', { account_id: access.id('log-archive') });
    expect(answer.error).toBeUndefined();
    const line = auditLines.find(({ tool }) => tool === 'describe_ec2_vpcs');
    const session = access.allCalls().find(({ operation }) => operation === 'DescribeVpcs')?.sessionName;
    expect(line?.sessions).toContain(session);
    expect(line).toMatchObject({ outcome: 'ok', gateway_id: expect.any(String), mcp_message_id: expect.any(String) });
  });
});
