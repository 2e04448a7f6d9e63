import { stringify } from 'yaml';
import { kebabCase, type Tool } from '../../schemas/define-tool.ts';

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
        package: { artifact: `dist/${name}.zip` },
      },
    ];
  });
  return stringify(Object.fromEntries(functions), { lineWidth: 0 });
}
