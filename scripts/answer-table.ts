import Table from 'cli-table3';

type Row = Record<string, unknown>;

/** Longest cell, in characters: names and ARNs fit, tag maps are cut. */
const MAX_CELL = 48;

/** Rules only around the head: a row is a line. */
const WITHOUT_RULES = {
  ...{
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  },
  ...{ left: '', 'left-mid': '', right: '', 'right-mid': '', mid: '', 'mid-mid': '', middle: ' ' },
};

/** An answer as text for people: its lists as tables, the rest as lines; nothing wider than `width` characters. */
export function toTable(answer: unknown, width: number): string {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  const { error, next_token, ...rest } = answer as Row & { error?: Row };
  if (error !== undefined) return lines({ ...error, ...rest });
  const parts: string[] = [];
  const plain = Object.entries(rest).filter(([, value]) => typeof value !== 'object');
  if (plain.length > 0) parts.push(plain.map(([key, value]) => `${key}: ${value}`).join('   '));
  for (const [key, value] of Object.entries(rest)) {
    if (Array.isArray(value)) parts.push(`${key}\n${rows(value, width)}`);
    else if (typeof value === 'object' && value !== null) parts.push(`${key}\n${lines(value as Row)}`);
  }
  if (next_token !== undefined)
    parts.push('There is more: repeat with --next_token and the token of --json, or ask for more with --max_results.');
  return parts.join('\n\n');
}

function rows(values: readonly unknown[], width: number): string {
  if (values.length === 0) return '  (none)';
  if (values.some((value) => typeof value !== 'object' || value === null))
    return values.map((value) => `  ${text(value)}`).join('\n');
  const all = [...new Set(values.flatMap((value) => Object.keys(value as Row)))];
  const sizes = all.map((column) =>
    Math.max(column.length, ...values.map((value) => text((value as Row)[column]).length)),
  );
  const columns = all.filter((_, index) => sizes.slice(0, index + 1).reduce((sum, size) => sum + size + 3, 1) <= width);
  const table = new Table({ head: columns, style: { head: [], border: [] }, chars: WITHOUT_RULES });
  for (const value of values) table.push(columns.map((column) => text((value as Row)[column])));
  const left = all.filter((column) => !columns.includes(column));
  return `${table}${left.length > 0 ? `\n  too wide to show: ${left.join(', ')} (--json, or --fields)` : ''}`;
}

function lines(values: Row): string {
  const longest = Math.max(0, ...Object.keys(values).map((key) => key.length));
  return Object.entries(values)
    .map(([key, value]) => `  ${key.padEnd(longest)}  ${typeof value === 'string' ? value : text(value, 400)}`)
    .join('\n');
}

function text(value: unknown, most = MAX_CELL): string {
  const full = flat(value);
  return full.length > most ? `${full.slice(0, most - 1)}…` : full;
}

function flat(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return '–';
  if (Array.isArray(value))
    return value.map((each) => (typeof each === 'object' ? `{${flat(each)}}` : flat(each))).join(', ');
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([key, each]) => `${key}=${flat(each)}`)
      .join(' ');
  return String(value);
}
