import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { catalog } from '../../../schemas/catalog.ts';
import { kebabCase } from '../../../schemas/define-tool.ts';
import { toGatewayTool } from '../../../schemas/gateway-schema.ts';
import type { Section } from '../report.ts';
import type { Setting } from '../setting.ts';

const MAX_KB = 460;
/** The security tools ask several services each. */
const MAX_SECURITY_KB = 1_000;

/** What each tool weighs: its bundle, and for a model its definition and its documented answer. */
export async function sizes({ bundles }: Pick<Setting, 'bundles'>): Promise<Section> {
  const tools = catalog.map((tool) => ({
    name: tool.name,
    kb: (bundles.find(({ name }) => name === kebabCase(tool.name))?.bytes ?? Number.NaN) / 1_000,
    limit: tool.toolset === 'security' ? MAX_SECURITY_KB : MAX_KB,
    definition: countTokens(JSON.stringify(toGatewayTool(tool))),
    example: countTokens(JSON.stringify(tool.example.output)),
  }));
  const sum = (figure: 'definition' | 'kb') => tools.reduce((total, tool) => total + tool[figure], 0);
  const largest = (limit: number) => Math.max(0, ...tools.filter((tool) => tool.limit === limit).map(({ kb }) => kb));
  return {
    title: 'Sizes: bundles, and o200k tokens',
    columns: ['tool', 'bundle KB', 'definition tokens', 'example answer tokens'],
    rows: [
      ...tools.map(({ name, kb, definition, example }) => [name, kb, definition, example]),
      ['all', sum('kb'), sum('definition'), ''],
    ],
    goals: [
      { what: 'largest bundle (KB)', measured: largest(MAX_KB), atMost: MAX_KB },
      ...(largest(MAX_SECURITY_KB) > 0
        ? [
            {
              what: 'largest bundle of a security tool (KB)',
              measured: largest(MAX_SECURITY_KB),
              atMost: MAX_SECURITY_KB,
            },
          ]
        : []),
    ],
  };
}
