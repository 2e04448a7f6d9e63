/** A figure with the most that it may be. */
export interface Goal {
  readonly what: string;
  readonly measured: number;
  readonly atMost: number;
}

type Cell = string | number;

/** What one part of the benchmark found. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  readonly goals: readonly Goal[];
  readonly notes?: readonly string[];
}

export function isMet({ measured, atMost }: Goal): boolean {
  return measured <= atMost;
}

/** The report for people. */
export function toMarkdown(heading: string, sections: readonly Section[]): string {
  const parts = sections.map(({ title, columns, rows, notes = [] }) =>
    [`## ${title}`, table(columns, rows), ...notes].join('\n\n'),
  );
  const goals = sections.flatMap((section) => section.goals);
  if (goals.length === 0) return [heading, ...parts].join('\n\n');
  const rows = goals.map((goal) => [
    goal.what,
    goal.measured,
    `≤ ${show(goal.atMost)}`,
    isMet(goal) ? 'met' : 'NOT MET',
  ]);
  return [heading, ...parts, '## Goals', table(['goal', 'measured', 'limit', ''], rows)].join('\n\n');
}

function table(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [columns, ...rows].map((row) => row.map(show));
  const widths = columns.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = columns.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) => (isNumber[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const [head = [], ...body] = cells;
  return [line(head), line(rule), ...body.map(line)].join('\n');
}

function show(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (Number.isInteger(cell)) return cell.toLocaleString('en');
  return Math.abs(cell) < 10 ? cell.toFixed(2) : cell.toFixed(1);
}
