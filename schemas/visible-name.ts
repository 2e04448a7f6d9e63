/** Three underscores divide target and tool. Source: AgentCore Gateway guide, "Tool naming". */
const DELIMITER = '___';

/** What clients see of a tool behind a target: `<target>___<tool>`. */
export function visibleNameOf(target: string, tool: string): string {
  return `${target}${DELIMITER}${tool}`;
}

/** `<target>___<tool>` in its parts; target names hold no underscore, so the first delimiter divides. */
export function splitVisibleName(visible: string): { target: string; tool: string } {
  const at = visible.indexOf(DELIMITER);
  if (at === -1) return { target: '', tool: visible };
  return { target: visible.slice(0, at), tool: visible.slice(at + DELIMITER.length) };
}
