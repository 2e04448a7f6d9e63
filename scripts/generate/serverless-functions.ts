import { stringify } from 'yaml';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';
import { sub } from '../package/cloudformation.ts';
import { roleOf } from '../package/execution-roles.ts';

/** Judged, not measured: enough for ten pages of a thousand instances side by side. */
const MEMORY_MB = 512;
/** Below what MCP clients commonly wait for an answer. */
const TIMEOUT_SECONDS = 60;

/** The functions section for serverless.yml: one small function per tool, from prebuilt artifacts. */
export function serverlessFunctions(tools: readonly Tool[]): string {
  const functions = tools.map((tool) => {
    const name = kebabCase(tool.name);
    return [
      name,
      {
        name: `central-ops-${name}`,
        description: tool.description,
        handler: 'index.handler',
        // As a name, osls would repeat the dependency, which cfn-lint warns of.
        role: sub(`\${${roleOf(tool).logicalId}.Arn}`),
        memorySize: tool.memoryMb ?? MEMORY_MB,
        timeout: tool.timeoutSeconds ?? TIMEOUT_SECONDS,
        package: { artifact: `dist/${name}.zip` },
      },
    ];
  });
  return stringify(Object.fromEntries(functions), { lineWidth: 0 });
}
