import { aggregateResults } from '../schemas/aggregate-results.ts';
import type { Failure } from '../schemas/define-tool.ts';
import { ToolError } from '../shared/errors.ts';
import { faultsOf, joinCells, joinFailures, toFailure } from '../shared/failures.ts';
import { fanOut } from '../shared/fan-out.ts';
import { invokeTool } from '../shared/invoke-tool.ts';
import { MAX_SHARDS, type Shard, ShardProgress, toShards } from '../shared/shards.ts';
import { Tally } from '../shared/tally.ts';
import { expandTargets, toCells } from '../shared/targets.ts';
import { toolHandler } from '../shared/tool-handler.ts';

export const handler = toolHandler(aggregateResults, async (input, call) => {
  const { tool, group_by, sum } = input;
  if (tool === aggregateResults.name)
    throw new ToolError('invalid_input', 'tool: cannot aggregate itself.', { field: 'tool' });
  const targets = await expandTargets(input, call);
  const tally = new Tally(group_by, sum);
  const fields = fieldsToRead([...(group_by ?? []), ...(sum ?? [])]);

  const outcomes = await fanOut<Shard, ShardProgress>({
    cells: toShards(targets),
    concurrency: MAX_SHARDS,
    emptyResult: () => new ShardProgress(),
    ask: async (shard, progress) => {
      const where = {
        account_id: shard.accounts.join(),
        ...(input.region === undefined ? {} : { region: shard.regions.join() }),
      };
      let next_token: unknown;
      do {
        const event = { ...input.arguments, ...where, fields, max_results: 1_000, next_token };
        const answer = await invokeTool(tool, event, call);
        for (const item of itemsOf(answer)) {
          const [AccountId, Region] = [
            item.AccountId ?? answer.account_id,
            item.Region ?? item.BucketRegion ?? answer.region,
          ];
          tally.add({ ...item, AccountId, Region });
          progress.counted({ account: String(AccountId), region: String(item.Region ?? answer.region) });
        }
        progress.failed((answer.failures ?? []) as Failure[]);
        next_token = answer.next_token;
      } while (next_token !== undefined);
      progress.done = true;
    },
    ...faultsOf(call),
  });

  // Arguments that the tool refuses are refused for every shard: there is nothing to count.
  const refused = outcomes.find(({ failure }) => failure?.code === 'invalid_input')?.failure;
  if (refused !== undefined) throw refused;
  const missing = outcomes.flatMap(({ cell, result, failure }) =>
    failure?.code === 'timeout' ? result.missing(cell) : [],
  );
  const failures = outcomes.flatMap(({ cell, result, failure }) => [
    ...result.failures,
    ...(failure === undefined || failure.code === 'timeout'
      ? []
      : result.missing(cell).map((each) => toFailure(each, failure))),
  ]);
  const asked = toCells(targets).length;
  call.audit.note({ cells: asked, failed_cells: failures.length + missing.length });
  return {
    ...targets.asked,
    tool,
    ...tally.toAnswer(input.top),
    cells: { asked, counted: asked - failures.length - missing.length },
    complete: failures.length + missing.length === 0,
    ...(failures.length > 0 ? { failures: joinFailures(failures) } : {}),
    ...(missing.length > 0 ? { missing: joinCells(missing) } : {}),
  };
});

/** The item fields that the tool must give; account and Region come with every item. */
function fieldsToRead(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.split('.')[0] ?? name))].filter(
    (name) => name !== 'AccountId' && name !== 'Region',
  );
}

function itemsOf({ failures: _failures, ...answer }: Record<string, unknown>): Record<string, unknown>[] {
  const list = answer.resource_details ?? Object.values(answer).find(Array.isArray);
  if (!Array.isArray(list))
    throw new ToolError('invalid_input', 'tool: gives no list that could be counted.', { field: 'tool' });
  return list;
}
