import type { Tool as ServedTool } from '@modelcontextprotocol/client';
import { catalog } from '../../../schemas/catalog.ts';
import { splitVisibleName } from '../../../schemas/visible-name.ts';
import { errorText } from '../problem.ts';
import { answerOf, type Connection } from './connection.ts';

/** `ok` answered; `refused` answered with an error that the made-up arguments explain; `failed` needs somebody to look. */
export type TestState = 'ok' | 'refused' | 'failed';

export interface TestRow {
  readonly tool: string;
  readonly state: TestState;
  readonly milliseconds: number;
  /** The error, in words. */
  readonly note: string;
}

/** Where the harmless calls look. */
export interface Place {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

/** Errors that say only that the example's arguments are not of this organization. */
const EXPLAINED = new Set([
  'not_found',
  'account_not_allowed',
  'region_not_allowed',
  'invalid_input',
  'service_not_enabled',
]);

/** One harmless call per tool: all only read. A tool that is not of the catalog is not called. */
export async function testTools(
  connection: Connection,
  tools: readonly ServedTool[],
  place: Place,
  onRow: (row: TestRow) => void = () => {},
): Promise<TestRow[]> {
  const rows: TestRow[] = [];
  for (const { name } of tools) {
    const started = performance.now();
    const verdict = await testTool(connection, name, place);
    const row = { tool: name, milliseconds: Math.round(performance.now() - started), ...verdict };
    rows.push(row);
    onRow(row);
  }
  return rows;
}

/** An account and Region that the tools may read, by asking list_accounts; empty where that gives none. */
export async function findPlace(connection: Connection, tools: readonly ServedTool[]): Promise<Place> {
  const name = tools.map((tool) => tool.name).find((each) => splitVisibleName(each).tool === 'list_accounts');
  if (name === undefined) return {};
  try {
    const answer = answerOf(await connection.call(name, { status: 'ACTIVE', max_results: 1 }));
    const { accounts = [], region } = answer as { accounts?: { Id?: string }[]; region?: string };
    return { account: accounts[0]?.Id, region };
  } catch {
    // The row of list_accounts will say why.
    return {};
  }
}

async function testTool(connection: Connection, name: string, place: Place): Promise<Pick<TestRow, 'state' | 'note'>> {
  const args = harmlessArguments(name, place);
  if (args === undefined) return { state: 'ok', note: 'listed; not called, it is not of this checkout' };
  try {
    const result = await connection.call(name, args);
    const answer = answerOf(result) as { error?: { code?: string; message?: string } } | string;
    if (result.isError === true || typeof answer === 'string') return { state: 'failed', note: String(answer) };
    const { code = '', message = '' } = answer.error ?? {};
    if (code === '') return { state: 'ok', note: '' };
    return { state: EXPLAINED.has(code) ? 'refused' : 'failed', note: `${code}: ${message}` };
  } catch (error) {
    return { state: 'failed', note: errorText(error) };
  }
}

/** The arguments of the tool's documented example, in the place given. */
export function harmlessArguments(
  visibleName: string,
  { account, region }: Place,
): Record<string, unknown> | undefined {
  const tool = catalog.find((each) => each.name === splitVisibleName(visibleName).tool);
  if (tool === undefined) return undefined;
  const input = { ...(tool.example.input as Record<string, unknown>) };
  if ('account_id' in input && account !== undefined) input.account_id = account;
  if ('region' in input && region !== undefined) input.region = region;
  return input;
}
