import { allowedAccounts } from './accounts.ts';
import type { Call, Cell } from './call.ts';
import type { Position } from './cursor.ts';
import { ToolError } from './errors.ts';

/** What a caller may write for where to look. */
export interface TargetInput {
  readonly account_id?: string | undefined;
  readonly region?: string | undefined;
}

export interface Targets {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  /** What the answer echoes: the IDs and Regions asked for, or `all`. */
  readonly asked: { readonly account_id: string; readonly region: string };
}

/** Expands accounts and Regions. Everything that is not in the configured or discovered list is refused: fail closed. */
export async function expandTargets(input: TargetInput, call: Call): Promise<Targets> {
  const regions = expandRegions(input.region, call);
  const accounts = await expandAccounts(input.account_id, call);
  return {
    accounts,
    regions,
    asked: {
      account_id: input.account_id?.trim() === 'all' && accounts.length > 1 ? 'all' : accounts.join(),
      region: input.region?.trim() === 'all' && regions.length > 1 ? 'all' : regions.join(),
    },
  };
}

/** The cross product, account by account. */
export function toCells({ accounts, regions }: Pick<Targets, 'accounts' | 'regions'>): Cell[] {
  return accounts.flatMap((account) => regions.map((region) => ({ account, region })));
}

/** The cells that are still to be asked: the cursor's own first. Its account and Region are checked again by being found. */
export function cellsFrom(start: Position | undefined, cells: readonly Cell[]): readonly Cell[] {
  if (start === undefined) return cells;
  const index = cells.findIndex(({ account, region }) => account === start.account && region === start.region);
  if (index === -1) {
    throw new ToolError(
      'invalid_input',
      'next_token points to an account or Region that may no longer be read. Repeat the call without next_token.',
      { field: 'next_token' },
    );
  }
  return cells.slice(index);
}

export function expandRegions(text: string | undefined, { configuration, self }: Call): readonly string[] {
  const inPartition = configuration.regions.filter((region) => partitionOf(region) === self.partition);
  if (text === undefined) return [configuration.homeRegion];
  if (text.trim() === 'all') return inPartition;
  const names = split(text);
  for (const name of names) {
    if (!inPartition.includes(name)) {
      throw invalid(
        'region',
        `region: ${quote(name)} is not one of the configured Regions: ${inPartition.join(', ')}, or all.`,
      );
    }
  }
  return names;
}

/** The accounts of an argument, and only those that may be read; `field` is the argument's name, for what is refused. */
export async function expandAccounts(
  text: string | undefined,
  call: Call,
  field = 'account_id',
): Promise<readonly string[]> {
  const asked = text?.trim() ?? call.self.account;
  const ids = asked === 'all' ? [] : split(asked);
  for (const id of ids) {
    // Checked before the organization is asked: a malformed ID costs no call.
    if (!/^[0-9]{12}$/.test(id))
      throw invalid(field, `${field}: ${quote(id)} is not a 12-digit AWS account ID, nor all.`);
  }
  const allowed = await allowedAccounts(call);
  if (asked === 'all') return allowed.filter(({ active }) => active).map(({ id }) => id);
  for (const id of ids) {
    const account = allowed.find((each) => each.id === id);
    if (account === undefined) {
      throw new ToolError(
        'account_not_allowed',
        `${field}: ${id} is not among the accounts that these tools may read. list_accounts gives them.`,
        { field },
      );
    }
    if (!account.active) {
      throw new ToolError('account_not_allowed', `${field}: ${id} is closed or suspended.`, { field });
    }
  }
  return ids;
}

function split(text: string): string[] {
  return [...new Set(text.split(',').map((each) => each.trim()))];
}

/** The partition that a Region's name belongs to: the SDK has hosts for each, and a session must not travel between them. */
export function partitionOf(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('cn-')) return 'aws-cn';
  if (/^(us-iso|eu-isoe|us-isob|us-isof|eusc)/.test(region)) return 'unsupported';
  return 'aws';
}

function invalid(field: string, message: string): ToolError {
  return new ToolError('invalid_input', message, { field });
}

/** A caller's value, short enough to echo. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
