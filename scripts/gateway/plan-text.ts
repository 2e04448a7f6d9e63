import type { Change, Plan } from './plan.ts';
import { problemLine } from './problem.ts';

const SIGNS = { create: '+', update: '~', delete: '-', unchanged: ' ', foreign: '?' } as const;

/** A plan for people: one line per change and per field of it, unchanged targets counted only, the drift of bridges, a sum. */
export function planText({ gateway, targets, problems }: Plan, drift = ''): string {
  const shown = [gateway, ...targets].filter(({ action }) => action !== 'unchanged');
  const count = (action: Change['action']) => [gateway, ...targets].filter((each) => each.action === action).length;
  const foreign = count('foreign');
  const sum = `${count('create')} to create, ${count('update')} to update, ${count('delete')} to delete, ${count('unchanged')} unchanged.`;
  return [
    ...shown.flatMap(changeLines),
    ...(drift === '' ? [] : [drift]),
    ...(shown.length > 0 || drift !== '' ? [''] : []),
    `Plan: ${sum}${foreign > 0 ? ` ${foreign} made by others, left alone.` : ''}`,
    ...(problems.length > 0 ? ['', 'AWS does not allow:', ...problems.map(problemLine)] : []),
  ].join('\n');
}

function changeLines({ kind, name, action, differences }: Change): string[] {
  const head = `${SIGNS[action]} ${action.padEnd(9)} ${kind} ${name}`;
  return [head, ...differences.map(({ field, from, to }) => `      ${field}: ${shown(from)} → ${shown(to)}`)];
}

function shown(value: string | undefined): string {
  return value === undefined || value === '' ? '(none)' : value;
}
