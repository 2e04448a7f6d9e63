import type * as z from 'zod';
import type { AnswerOf, Failure, FreeOutput, Tool } from '../../schemas/define-tool.ts';
import { checkedResource, type Severity } from '../../schemas/security-check.ts';
import { cursorBinding, openCursor } from '../cursor.ts';
import { joinFailures } from '../failures.ts';
import { type Fields, selectFields } from '../item-fields.ts';
import { pageOfRows } from '../row-page.ts';
import { expandTargets, type Targets, toCells } from '../targets.ts';
import { type Handler, toolHandler } from '../tool-handler.ts';
import { byWorstResource, type CheckedResource, rankOf } from './judge.ts';
import { keepResults } from './keep-results.ts';
import { type CheckedCell, checkCells } from './read-cells.ts';
import { summarise, toDetail } from './report.ts';
import type { CheckedService } from './service.ts';

interface CheckInput {
  account_id?: string | undefined;
  region?: string | undefined;
  services?: readonly string[] | undefined;
  min_severity?: Severity | undefined;
  store_in_context: boolean;
  fields?: string[] | undefined;
  max_results: number;
  next_token?: string | undefined;
}

/**
 * A handler that checks the resources of `services` by their controls, over accounts and Regions. The counts are always
 * over everything that could be read; only the details are cut, and the cursor runs the check again and goes on behind
 * the last one given. `onlyFailing` names the argument that leaves out the details of resources without a fault.
 */
export function checkHandler<Input extends z.ZodObject, Out extends FreeOutput>(
  tool: Tool<Input, Out>,
  services: readonly CheckedService[],
  onlyFailing: keyof z.output<Input> & string,
): Handler<AnswerOf<Out>> {
  return toolHandler(tool, async (input, call) => {
    const asked = input as unknown as CheckInput;
    const fields = selectFields(checkedResource, asked.fields);
    const binding = cursorBinding(tool.name, input as Record<string, unknown>);
    const offset =
      asked.next_token === undefined
        ? 0
        : openCursor(asked.next_token, call.configuration.cursorSecret, binding).offset;
    const targets = await expandTargets(asked, call);
    const chosen = chooseServices(services, asked);
    const cells = await checkCells(toCells(targets), chosen, call);
    call.audit.note({ cells: cells.length, failed_cells: cells.filter(({ failures }) => failures.length > 0).length });
    const [only] = cells;
    if (cells.length === 1 && only?.closed !== undefined) throw only.closed;

    const names = chosen.map(({ name }) => name);
    const context = asked.next_token === undefined ? await keepResults(call, asked, names, cells) : undefined;
    const report = assemble({ targets, names, cells, context });
    const listed = report.resources.filter(
      ({ state }) =>
        (input as Record<string, unknown>)[onlyFailing] !== true || state === 'fail' || state === 'unknown',
    );
    const { items, next } = pageOfRows(listed, (resource) => detailOf(resource, fields, cells.length === 1), {
      offset,
      max: asked.max_results,
      envelope: report.answer,
      binding,
      call,
    });
    call.audit.note({ items: items.length });
    return { ...report.answer, resource_details: items, ...next } as AnswerOf<Out>;
  });
}

/** The services asked for, with the controls that are severe enough, and only the lists that those controls judge. */
function chooseServices(services: readonly CheckedService[], { services: names, min_severity }: CheckInput) {
  return services
    .filter(({ name }) => names?.includes(name) ?? true)
    .map((service): CheckedService => {
      const controls = service.controls.filter(({ severity }) => rankOf(severity) >= rankOf(min_severity));
      const types = new Set(controls.flatMap(({ resourceTypes }) => resourceTypes));
      const readers = service.readers.filter((reader) => reader.types.some((type) => types.has(type)));
      return { ...service, controls, readers };
    });
}

interface Findings {
  readonly targets: Targets;
  readonly names: readonly string[];
  readonly cells: readonly CheckedCell[];
  readonly context: object | undefined;
}

/** Everything but the details. */
function assemble({ targets, names, cells, context }: Findings) {
  const resources = cells.flatMap((cell) => cell.resources).sort(byWorstResource);
  const failures: Failure[] = joinFailures(cells.flatMap((cell) => cell.failures));
  const answer = {
    ...targets.asked,
    services_checked: names,
    ...summarise(names, resources),
    resource_details: [],
    ...(context === undefined ? {} : { context }),
    complete: failures.length === 0,
    ...(failures.length > 0 ? { failures } : {}),
  };
  return { answer, resources };
}

function detailOf(resource: CheckedResource, fields: Fields, single: boolean): Record<string, unknown> {
  const { account, region } = resource.cell;
  const own = fields.of(toDetail(resource));
  return single ? own : { AccountId: account, Region: region, ...own };
}
