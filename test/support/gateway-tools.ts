import * as z from 'zod';
import { answerOf, defineTool, type Tool } from '../../schemas/define-tool.ts';
import type { Invoke } from '../../scripts/local/functions.ts';

/** A tool in memory, for tests in which AWS is not the point. */
export function fakeTool(name: string, shape: Readonly<Record<string, z.ZodType>> = {}, description = `Fake ${name}.`) {
  const input = z.strictObject(shape);
  const example = { input: {} as z.input<typeof input>, output: {} };
  return defineTool({
    name,
    toolset: 'compute',
    description,
    input,
    output: answerOf({}),
    iam: [],
    example,
  }) as unknown as Tool;
}

export const getThing = fakeTool('get_thing', {
  account_id: z.string(),
  region: z.string().optional(),
  max_results: z.int().optional(),
  ratio: z.number().optional(),
  deep: z.boolean().optional(),
  filters: z.array(z.strictObject({ Name: z.string(), Values: z.array(z.string()) })).optional(),
});

/** Answers what it was given: the event and the options of the call. */
export const echo: Invoke = async (tool, event, options) => ({ payload: { tool: tool.name, event, options } });
