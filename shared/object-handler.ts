import type * as z from 'zod';
import type { AnswerOf, Failure, ItemTypeOf, ObjectOutput, Tool } from '../schemas/define-tool.ts';
import { AnswerBudget } from './answer-budget.ts';
import { clientFor } from './assume-role.ts';
import type { AwsClient, ClientClass } from './aws-clients.ts';
import type { Call, Cell } from './call.ts';
import { ToolError } from './errors.ts';
import { faultsOf, joinFailures, toFailure } from './failures.ts';
import { fanOut } from './fan-out.ts';
import { selectFields } from './item-fields.ts';
import { type CellAccess, cellAccess, type Loose } from './list-handler.ts';
import { expandTargets, type TargetInput, toCells } from './targets.ts';
import { type Handler, toolHandler } from './tool-handler.ts';

interface ObjectInput extends TargetInput {
  fields?: string[] | undefined;
}

export interface ObjectOptions<Input> {
  /** Refuses what the schema alone cannot judge, before anything is called. */
  readonly check?: (input: Input, call: Call) => void;
  /** `account`: the thing lives in the account, in whatever Region; it is looked for once per account. */
  readonly scope?: 'cell' | 'account';
}

/**
 * A handler for one object by its key. In a single account and Region its absence is `not_found`; over several, those
 * that have none are left out, and only when none has it the answer is `not_found`.
 */
export function objectHandler<Input extends z.ZodObject, Out extends ObjectOutput, C extends AwsClient>(
  tool: Tool<Input, Out>,
  Class: ClientClass<C>,
  fetch: (input: z.output<Input>, client: C, cell: CellAccess) => Promise<NonNullable<Loose<ItemTypeOf<Out>>>>,
  { check, scope = 'cell' }: ObjectOptions<z.output<Input>> = {},
): Handler<AnswerOf<Out>> {
  return toolHandler(tool, async (input, call) => {
    const asked = input as ObjectInput;
    const fields = selectFields(tool.output, asked.fields);
    check?.(input, call);
    const region = scope === 'account' ? (asked.region ?? 'all') : asked.region;
    const targets = await expandTargets({ ...asked, region }, call);
    const regions = scope === 'account' ? [call.configuration.homeRegion] : targets.regions;
    const outcomes = await fanOut<Cell, { item?: Record<string, unknown> }>({
      cells: toCells({ accounts: targets.accounts, regions }),
      emptyResult: () => ({}),
      ask: async (cell, result) => {
        const client = await clientFor(Class, cell, call);
        result.item = fields.of(await fetch(input, client, cellAccess(cell, call)));
      },
      ...faultsOf(call),
    });

    const real = outcomes.flatMap(({ cell, failure }) =>
      failure === undefined || failure.code === 'not_found' ? [] : [{ cell, failure }],
    );
    const found = outcomes.flatMap(({ cell, result: { item } }) => (item === undefined ? [] : [{ cell, item }]));
    call.audit.note({ cells: outcomes.length, failed_cells: real.length, items: found.length });
    const { one, many } = tool.output;
    const [first] = outcomes;
    if (first === undefined) throw new ToolError('not_found', 'There is no account to ask.');
    // In a single cell its fault is the answer; in several, that none has it.
    const nowhere = found.length === 0 && real.length === 0;
    if (first.failure !== undefined && (outcomes.length === 1 || nowhere)) throw first.failure;
    const budget = new AnswerBudget();
    const [only] = found;
    if (outcomes.length === 1 && only !== undefined)
      return { ...targets.asked, [one]: budget.fit(only.item) } as AnswerOf<Out>;
    const failures: Failure[] = joinFailures(
      real.map(({ cell, failure }) =>
        // Where a service answers for all Regions, the Region asked in means nothing.
        toFailure(scope === 'account' ? { ...cell, region: targets.asked.region } : cell, failure),
      ),
    );
    budget.spend({ ...targets.asked, failures });
    const items = found.map(({ cell, item }) => ({
      AccountId: cell.account,
      ...(scope === 'account' ? {} : { Region: cell.region }),
      ...item,
    }));
    // A key names few things; should it name many, each is cut to its share rather than some left out.
    const given = items.map((item) => budget.fit(item));
    return {
      ...targets.asked,
      [`${one}_count`]: given.length,
      [many]: given,
      complete: failures.length === 0,
      ...(failures.length > 0 ? { failures } : {}),
    } as AnswerOf<Out>;
  });
}
