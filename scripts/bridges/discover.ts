import type { Tool } from '@modelcontextprotocol/client';
import { awsMcp } from '../../schemas/aws-mcp.ts';
import type { GatewaySchema, GatewayTool } from '../../schemas/gateway-schema.ts';
import { visibleNameOf } from '../../schemas/visible-name.ts';
import { neutralise, neutraliseDocument } from '../../shared/untrusted-text.ts';
import { GatewayError } from '../gateway/problem.ts';
import { CannotSay } from './cannot-say.ts';
import type { ConfiguredBridge } from './configured-bridges.ts';
import { type Discovered, withDigest } from './discovered-file.ts';
import type { Listed } from './list-tools.ts';
import { narrowSchema } from './narrow-schema.ts';

/**
 * A tool's description is cut here, in characters: some 300 tokens, which is what a whole definition of ours may cost. A
 * definition is paid in every conversation, used or not, and a long one of a stranger is room for instructions of his.
 */
const MAX_DESCRIPTION = 1_200;
/** What models take as a name: see gateway/lint.ts. */
const VISIBLE_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** What the Gateway is told of a server: its allowed tools, narrowed and made plain. Throws GatewayError for a wrong allow-list. */
export function discoveredFrom(bridge: ConfiguredBridge, listed: Listed, targetPrefix?: string): Discovered {
  const { name, allow } = bridge;
  const byName = new Map(listed.tools.map((tool) => [tool.name, tool]));
  const offered = [...byName.keys()].map(neutralise).sort();
  const missing = allow.filter((each) => !byName.has(each));
  if (missing.length > 0) {
    const what = `the server has no ${missing.join(', ')}`;
    throw new GatewayError(`${name}: the allow-list is wrong.`, [
      { where: `${name}.tools`, what, fix: `It has: ${offered.join(', ')}.` },
    ]);
  }
  const target = targetPrefix === undefined ? name : `${targetPrefix}-${name}`;
  const tools: GatewayTool[] = [];
  const refused: [string, string][] = [];
  for (const each of [...new Set(allow)].sort()) {
    try {
      tools.push(gatewayTool(byName.get(each) as Tool, target, bridge.kind === 'aws-mcp' || bridge.iam !== undefined));
    } catch (error) {
      if (!(error instanceof CannotSay)) throw error;
      refused.push([each, error.message]);
    }
  }
  const served = tools.map((tool) => tool.name);
  return withDigest({
    server: listed.server,
    protocol: listed.protocol,
    tools,
    repeatable: served.filter((each) => isRepeatable(byName.get(each))),
    refused: Object.fromEntries(refused),
    others: [...byName.keys()]
      .filter((each) => !allow.includes(each))
      .map(neutralise)
      .sort(),
  });
}

function gatewayTool({ name, title, description, inputSchema }: Tool, target: string, asRole: boolean): GatewayTool {
  const visible = visibleNameOf(target, name);
  if (!VISIBLE_NAME.test(visible)) {
    const shown = `${neutralise(visible).slice(0, 100)} (${visible.length} characters)`;
    throw new CannotSay('name', `models would see ${shown}; they take 64 of letters, digits, _ and -`);
  }
  const narrowed = narrowSchema(inputSchema);
  // The Gateway wants a description, and models choose by it.
  const words = neutraliseDocument(dedented(description ?? '').trim() || title?.trim() || name, MAX_DESCRIPTION);
  return { name, description: words, inputSchema: asRole ? withAccount(narrowed) : narrowed };
}

/** Without the indentation that all lines but the first have: in Python servers that of the source, which is paid as tokens. */
function dedented(text: string): string {
  const indents = [...text.matchAll(/\n([ \t]*)(?=\S)/g)].map(([, indent = '']) => indent.length);
  const common = indents.reduce((least, length) => Math.min(least, length), Number.POSITIVE_INFINITY);
  if (!Number.isFinite(common) || common === 0) return text;
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.slice(Math.min(common, line.length - line.trimStart().length))))
    .join('\n');
}

/** The argument that is ours: whose role the call is made as. */
function withAccount(schema: GatewaySchema): GatewaySchema {
  const account: GatewaySchema = { type: 'string', description: awsMcp.input.shape.account_id.description ?? '' };
  if (Object.hasOwn(schema.properties ?? {}, 'account_id')) {
    throw new CannotSay('account_id', 'the tool has an argument of that name, which is ours');
  }
  return { ...schema, properties: { account_id: account, ...schema.properties } };
}

function isRepeatable(tool: Tool | undefined): boolean {
  return tool?.annotations?.readOnlyHint === true || tool?.annotations?.idempotentHint === true;
}
