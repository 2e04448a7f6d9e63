import type { Tool } from '../../schemas/define-tool.ts';
import { toGatewayTool } from '../../schemas/gateway-schema.ts';

/** A tool's example without what narrows it: a filter would leave out what a test has planted. */
export function wideEvent({ input, example }: Tool): Record<string, unknown> {
  const needed = [
    'account_id',
    'region',
    ...(toGatewayTool({ input } as Tool).inputSchema.required ?? []),
    'namespace',
    'metric_name',
  ];
  return Object.fromEntries(Object.entries(example.input as object).filter(([key]) => needed.includes(key)));
}

/** Every field that a tool declares, for a call that asks for them all. */
export function allFields(tool: Tool): { fields?: string[] } {
  const declared = 'item' in tool.output ? Object.keys(tool.output.item.shape) : [];
  return declared.length > 0 && Object.hasOwn(tool.input.shape, 'fields') ? { fields: declared } : {};
}
