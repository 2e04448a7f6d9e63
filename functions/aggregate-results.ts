import { aggregateResults } from '../schemas/aggregate-results.ts';
import { type Failure, kebabCase } from '../schemas/define-tool.ts';
import { ToolError } from '../shared/errors.ts';
import { faultsOf, joinCells, joinFailures } from '../shared/failures.ts';
import { fanOut } from '../shared/fan-out.ts';
import { invokeTool } from '../shared/invoke-tool.ts';
import { faultsOfShards, MAX_SHARDS, type Shard, ShardProgress, toShards } from '../shared/shards.ts';
import { fieldsToRead, itemsOf, Tally } from '../shared/tally.ts';
import { expandTargets, toCells } from '../shared/targets.ts';
import { toolHandler } from '../shared/tool-handler.ts';

export const handler = toolHandler(aggregateResults, async (input, call) => {
  const { tool, group_by, sum } = input;
  if (kebabCase(tool) === kebabCase(aggregateResults.name))
    throw new ToolError('invalid_input', 'tool: cannot aggregate itself.', { field: 'tool' });
  const targets = await expandTargets(input, call);
  const tally = new Tally(group_by, sum);
  const fields = fieldsToRead([...(group_by ?? []), ...(sum ?? [])]);

  const outcomes = await fanOut<Shard, ShardProgress>({
    cells: toShards(targets),
    concurrency: MAX_SHARDS,
    emptyResult: () => new ShardProgress(),
    ask: async (shard, progress) => {
      const region = input.region === undefined ? undefined : shard.regions.join();
      const event = { ...input.arguments, account_id: shard.accounts.join(), region, fields, max_results: 1_000 };
      let next_token: unknown;
      do {
        const answer = await invokeTool(tool, { ...event, next_token }, call);
        for (const item of itemsOf(answer)) {
          const AccountId = item.AccountId ?? answer.account_id;
          const Region = item.Region ?? item.BucketRegion ?? answer.region;
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
  const { failures, missing } = faultsOfShards(outcomes);
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
