import { getStoredSecurityContext } from '../schemas/get-stored-security-context.ts';
import { cursorBinding, openCursor } from '../shared/cursor.ts';
import type { ToolError } from '../shared/errors.ts';
import { faultsOf, joinFailures, toFailure } from '../shared/failures.ts';
import { fanOut } from '../shared/fan-out.ts';
import { pageOfRows } from '../shared/row-page.ts';
import { nothingStored, toEntries } from '../shared/security/context-answer.ts';
import { readContexts, type StoredContext } from '../shared/security/context-store.ts';
import { expandTargets, toCells } from '../shared/targets.ts';
import { toolHandler } from '../shared/tool-handler.ts';

export const handler = toolHandler(getStoredSecurityContext, async (input, call) => {
  const { tool, detailed, max_results, next_token } = input;
  const { cursorSecret } = call.configuration;
  const binding = cursorBinding(getStoredSecurityContext.name, input);
  const offset = next_token === undefined ? 0 : openCursor(next_token, cursorSecret, binding).offset;
  const targets = await expandTargets(input, call);
  const cells = toCells(targets);
  const outcomes = await fanOut({
    cells,
    emptyResult: () => ({ contexts: [] as StoredContext[], corrupt: [] as ToolError[] }),
    ask: async (cell, result) => {
      result.contexts = await readContexts(call, cell, tool, (fault) => result.corrupt.push(fault));
    },
    ...faultsOf(call),
  });

  const contexts = outcomes.flatMap(({ result }) => result.contexts);
  const faults = outcomes.flatMap(({ cell, result, failure }) =>
    [...result.corrupt, ...(failure === undefined ? [] : [failure])].map((fault) => ({ cell, fault })),
  );
  const failures = joinFailures(faults.map(({ cell, fault }) => toFailure(cell, fault)));
  const [first] = faults;
  if (cells.length === 1 && contexts.length === 0 && first !== undefined) throw first.fault;
  call.audit.note({ cells: cells.length, failed_cells: new Set(faults.map(({ cell }) => cell)).size });

  const envelope = {
    ...targets.asked,
    available: contexts.length > 0,
    ...(contexts.length === 0 && failures.length === 0 ? { message: nothingStored(tool) } : {}),
    contexts: [],
    complete: failures.length === 0,
    ...(failures.length > 0 ? { failures } : {}),
  };
  const entries = toEntries(contexts, detailed, Date.now());
  const paging = { offset, max: max_results, envelope, binding, call };
  const { items, next } = pageOfRows(entries, ({ value }) => value, paging);
  const given = (kind: string) => items.filter((_, index) => entries[offset + index]?.kind === kind);
  return {
    ...envelope,
    contexts: given('contexts') as never[],
    ...(detailed ? { data: given('data') } : {}),
    ...next,
  };
});
