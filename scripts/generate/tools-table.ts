import type { Tool } from '../../schemas/define-tool.ts';

/** The docs table: tool, what it gives, and the IAM actions that it uses. */
export function toolsTable(tools: readonly Tool[]): string {
  const rows = tools.map(
    ({ name, toolset, description, iam, ownIam = [] }) =>
      `| \`${name}\` | ${toolset} | ${description} | ${[...iam, ...ownIam.map((action) => `${action} (own role)`)].join(', ') || 'none'} |`,
  );
  return ['| Tool | Toolset | What it gives | IAM actions |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

/** The README's table: what a reader chooses a tool by. */
export function readmeTable(tools: readonly Tool[]): string {
  const rows = tools.map(({ name, toolset, description }) => `| \`${name}\` | ${toolset} | ${description} |`);
  return ['| Tool | Toolset | What it gives |', '| --- | --- | --- |', ...rows, ''].join('\n');
}
