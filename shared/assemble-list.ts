import type { ListOutput } from '../schemas/define-tool.ts';
import { AnswerBudget } from './answer-budget.ts';
import type { Call, Cell } from './call.ts';
import { type Position, sealCursor } from './cursor.ts';
import type { ToolError } from './errors.ts';
import { joinFailures, toFailure } from './failures.ts';
import type { Outcome } from './fan-out.ts';
import type { Targets } from './targets.ts';

/** The pages of one cell as they arrived. */
export interface CellPages {
  readonly pages: {
    readonly token: string | undefined;
    readonly size: number;
    readonly items: Record<string, unknown>[];
  }[];
  /** AWS's token of the page that comes next. */
  next: string | undefined;
  /** Items that no earlier answer has given, and how long they are as JSON. */
  count: number;
  characters: number;
}

export interface ListAssembly {
  readonly output: Pick<ListOutput, 'one' | 'many'>;
  readonly call: Call;
  readonly targets: Targets;
  readonly cells: readonly Cell[];
  /** What the first cells gave, in their order. */
  readonly outcomes: readonly Outcome<Cell, CellPages>[];
  /** Where the cursor of the call pointed. */
  readonly start: Position | undefined;
  /** What the next cursor is bound to. */
  readonly binding: string;
  /** Items at most. */
  readonly max: number;
  readonly scope: 'cell' | 'account' | 'organization';
  /** Something beside the list is missing: the last answer of the walk must know it too. */
  readonly incomplete?: boolean;
}

type Stop = Omit<Position, 'incomplete'>;

/** Puts the outcomes together in order until the answer is full; the cursor says where to go on. */
export function assembleList(assembly: ListAssembly): Record<string, unknown> {
  const { output, call, targets, outcomes, start, max } = assembly;
  const single = targets.accounts.length === 1 && targets.regions.length === 1;
  const failed = failedOutcomes(assembly, single);
  // Every failure that is known is told at once, also of cells whose items come in a later answer.
  const failures = joinFailures(failed.map(({ cell, failure }) => toFailure(shownCell(cell, assembly), failure)));

  const budget = new AnswerBudget(max);
  const head = { ...targets.asked, [`${output.one}_count`]: max, [output.many]: [], complete: false, next_token: '' };
  budget.spend({ ...head, failures });
  budget.reserve(cursorCharacters(outcomes));
  const { items, stopped } = fill(assembly, budget, single);

  const incomplete = failures.length > 0 || start?.incomplete === true || assembly.incomplete === true;
  const next = stopped && sealCursor({ ...stopped, incomplete }, call.configuration.cursorSecret, assembly.binding);
  call.audit.note({ cells: outcomes.length, failed_cells: failed.length, items: items.length });
  return {
    ...targets.asked,
    [`${output.one}_count`]: items.length,
    [output.many]: items,
    ...(single && !incomplete ? {} : { complete: !incomplete && stopped === undefined }),
    ...(failures.length > 0 ? { failures } : {}),
    ...(next === undefined ? {} : { next_token: next }),
  };
}

/** The outcomes to report as failures; throws where a failure is the whole answer. */
function failedOutcomes(
  { outcomes, cells, start }: ListAssembly,
  single: boolean,
): { cell: Cell; failure: ToolError }[] {
  const failed = outcomes.flatMap(({ cell, result, failure }) => (failure ? [{ cell, result, failure }] : []));
  const [first] = failed;
  if (single && first !== undefined) {
    if (first.result.pages.length === 0) throw first.failure;
    // The page that did not come in time is where the next answer begins: that is no failure.
    if (first.failure.code === 'timeout') return [];
  }
  // Over several cells, one that does not know the ID asked for has simply nothing; when none knows it, that is said.
  // A cell that knew one ID and not another has pages too: that one is missing, and is told.
  const unknown = failed.filter(({ result, failure }) => failure.code === 'not_found' && result.pages.length === 0);
  if (first !== undefined && start === undefined && unknown.length === cells.length) throw first.failure;
  return single ? failed : failed.filter((each) => !unknown.includes(each));
}

/** The cell as a failure names it: where a service answers for all Regions, the Region asked in means nothing. */
function shownCell(cell: Cell, { scope, targets }: ListAssembly): Cell {
  return scope === 'account' ? { ...cell, region: targets.asked.region } : cell;
}

/** Takes items in order while there is room, and says where it stopped. */
function fill(
  { cells, outcomes, start, max, scope }: ListAssembly,
  budget: AnswerBudget,
  single: boolean,
): { items: Record<string, unknown>[]; stopped: Stop | undefined } {
  const items: Record<string, unknown>[] = [];
  for (const [index, { cell, result, failure }] of outcomes.entries()) {
    const where = { AccountId: cell.account, ...(scope === 'account' ? {} : { Region: cell.region }) };
    for (const [number, { token, size, items: page }] of result.pages.entries()) {
      const given = index === 0 && number === 0 ? (start?.offset ?? 0) : 0;
      for (const [offset, own] of page.entries()) {
        if (offset < given) continue;
        const item = single ? own : { ...where, ...own };
        // The first item is always given, cut if need be, so that a walk makes progress.
        const taken = items.length === 0 ? budget.fit(item) : items.length < max && budget.take(item) && item;
        if (taken === false) return { items, stopped: { ...cell, token, size, offset } };
        items.push(taken);
      }
    }
    const goesOn = failure === undefined || (single && failure.code === 'timeout');
    if (result.next !== undefined && goesOn) {
      return { items, stopped: { ...cell, token: result.next, size: max, offset: 0 } };
    }
  }
  const unasked = cells[outcomes.length];
  return { items, stopped: unasked && { ...unasked, size: max, offset: 0 } };
}

/** The length of the cursor that may follow: the longest AWS token seen, sealed and written in base64. */
function cursorCharacters(outcomes: readonly Outcome<Cell, CellPages>[]): number {
  const tokens = outcomes.flatMap(({ result }) => [result.next, ...result.pages.map(({ token }) => token)]);
  const longest = Math.max(0, ...tokens.map((token) => token?.length ?? 0));
  return Math.ceil((longest + 220) * (4 / 3));
}
