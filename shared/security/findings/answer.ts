import type * as z from 'zod';
import type { AnswerOf } from '../../../schemas/define-tool.ts';
import { type Finding, finding, type getSecurityFindings } from '../../../schemas/get-security-findings.ts';
import { assembleList, type CellPages } from '../../assemble-list.ts';
import type { Call, Cell } from '../../call.ts';
import type { Position } from '../../cursor.ts';
import type { ToolError } from '../../errors.ts';
import { joinCells, joinFailures, toFailure } from '../../failures.ts';
import type { Outcome } from '../../fan-out.ts';
import type { Targets } from '../../targets.ts';
import { storeContext } from '../context-store.ts';
import { rankOf } from '../judge.ts';
import { notEnabled } from '../not-enabled.ts';
import type { Reading } from '../reading.ts';
import { type Overview, tellsItself } from './read-findings.ts';
import type { FindingQuery, FindingSource } from './source.ts';
import { describe, presenceOf, summarise } from './summary.ts';

export interface Found {
  readonly input: z.output<typeof getSecurityFindings.input>;
  readonly max: number;
  readonly call: Call;
  readonly targets: Targets;
  readonly source: FindingSource;
  readonly query: FindingQuery;
  /** The cells from the cursor on. */
  readonly readings: readonly Reading[];
  readonly pages: readonly Outcome<Reading, CellPages>[];
  /** Of all cells; none in a later answer. */
  readonly overviews: readonly Outcome<Reading, Overview>[];
  readonly start: Position | undefined;
  readonly binding: string;
}

interface Faulty {
  readonly cell: Cell;
  readonly failure: ToolError;
}

/** Puts findings, counts and what is wrong with the service together. */
export async function assembleFindings(found: Found): Promise<AnswerOf<typeof getSecurityFindings.output>> {
  const { input, call, targets, source, query, overviews, start } = found;
  const single = targets.accounts.length === 1 && targets.regions.length === 1;
  const presences = overviews.map(presenceOf);
  // A service may list findings, or none, while it is suspended or off: without its status that is not known to be on.
  const isAsked = input.check_enabled || tellsItself(source.service);
  const isKnown = presences.length > 0 && presences.every((each) => each !== 'unknown' && (isAsked || each !== 'on'));
  const suspended = overviews.filter((_, index) => presences[index] === 'suspended').map(({ cell }) => cell);
  const faults = faultsIn(found);
  const failures = joinFailures(faults.map(({ cell, failure }) => toFailure(placeOf(cell, source), failure)));
  const absence = single ? faults.find(({ failure }) => failure.code === 'service_not_enabled')?.failure : undefined;
  const told = {
    service: source.service,
    ...(isKnown ? { enabled: presences.every((presence) => presence === 'on') } : {}),
    message:
      absence === undefined
        ? describe(source.service, query.minimum, presences)
        : `${absence.message} There is nothing to find; CheckSecurityServices says more.`,
  };
  const beside = {
    ...(start === undefined ? { summary: summarise(overviews, source.countedBy, single) } : {}),
    ...(!single && suspended.length > 0 ? { suspended: joinCells(suspended) } : {}),
    ...(start === undefined ? { context: await keep(found) } : {}),
  };
  // Everything that is not a finding goes into the budget first, in the place of what the answer echoes.
  const list = assembleList({
    ...found,
    output: finding,
    targets: { ...targets, asked: { ...targets.asked, ...told, ...beside, ...{ elsewhere: failures } } },
    cells: found.readings.map(plain),
    outcomes: found.pages.map((outcome) => ({
      ...(single ? withoutAbsence(outcome) : outcome),
      cell: plain(outcome.cell),
    })),
    scope: source.scope,
    incomplete: faultsIn({ ...found, pages: [] }).length > 0,
  });
  const { finding_count, findings, next_token } = list as {
    finding_count: number;
    findings: Finding[];
    next_token?: string;
  };
  call.audit.note({ cells: found.readings.length, failed_cells: new Set(faults.map(({ cell }) => cell)).size });
  return {
    ...targets.asked,
    ...told,
    finding_count,
    findings: findings.sort(worstFirst),
    ...beside,
    complete: failures.length === 0 && start?.incomplete !== true && next_token === undefined,
    ...(failures.length > 0 ? { failures } : {}),
    ...(next_token === undefined ? {} : { next_token }),
  } as AnswerOf<typeof getSecurityFindings.output>;
}

/** Each account and Region gave its worst first; so does the answer. The cursor has its place already. */
function worstFirst(a: Finding, b: Finding): number {
  return rankOf(b.Severity) - rankOf(a.Severity);
}

/** Every fault that is known, also of cells whose findings come in a later answer; each once, in the words that came first. */
function faultsIn({ pages, overviews, source }: Found): Faulty[] {
  const all = [
    ...pages.flatMap(({ cell, failure }) => (failure ? [{ cell, failure }] : [])),
    ...overviews.flatMap(({ cell, result, failure }) => [
      ...(failure ? [{ cell, failure }] : []),
      ...(result.status?.fault ? [{ cell, failure: result.status.fault }] : []),
    ]),
    // It answers with an empty list where it is off: that is no "nothing found".
    ...overviews
      .filter(({ result }) => result.status?.row.status === 'DISABLED')
      .map(({ cell }) => ({ cell, failure: notEnabled(source.service) })),
  ];
  return [...Map.groupBy(all, keyOf).values()].map(([first]) => first as Faulty);
}

/** A cursor holds where a cell is, and nothing else of it. */
function plain({ account, region }: Cell): Cell {
  return { account, region };
}

function keyOf({ cell, failure }: Faulty): string {
  const { code, message } = failure;
  return [cell.account, cell.region, code, code === 'service_not_enabled' ? '' : message].join(' ');
}

function placeOf(cell: Cell, { scope }: FindingSource): Cell {
  return scope === 'account' ? { account: cell.account, region: 'global' } : cell;
}

/** A service that is off is an answer, as published: no findings, and the reason beside them. */
function withoutAbsence(outcome: Outcome<Reading, CellPages>): Outcome<Reading, CellPages> {
  if (outcome.failure?.code !== 'service_not_enabled') return outcome;
  return { ...outcome, result: { ...outcome.result, pages: [{ token: undefined, size: 1, items: [] }] } };
}

/** Each account and Region by itself: its counts, and the findings that were read of it. */
async function keep({ input, call, source, query, pages, overviews }: Found) {
  if (!input.store_in_context) return { stored: false, reason: 'not asked for' };
  const { service, severity_filter, include_archived, status_filter, finding_account_id } = input;
  const asked = { service, severity_filter, include_archived, status_filter, finding_account_id };
  const entries = overviews
    .filter(({ result }) => result.counts !== undefined)
    .map((overview) => {
      const { cell, result } = overview;
      const own = pages.find((page) => page.cell === cell)?.result;
      const details = own?.pages.flatMap(({ items }) => items) ?? [];
      return {
        cell: { account: cell.account, region: cell.region },
        asked,
        summary: {
          service,
          ...(result.status === undefined ? {} : { status: result.status.row.status }),
          ...summarise([overview], source.countedBy, true),
          message: describe(service, query.minimum, [presenceOf(overview)]),
          findings_stored: details.length,
        },
        details,
      };
    });
  return storeContext(call, entries);
}
