import * as z from 'zod';
import { answerOf, defineTool, failure } from './define-tool.ts';
import { targets } from './fields.ts';

/** A group: its values of the `group_by` fields, how many items it has and the sums over them. */
const group = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

export const aggregateResults = defineTool({
  name: 'aggregate_results',
  toolset: 'monitoring',
  description:
    'Counts what a list or check tool finds over all accounts and Regions, every page, without listing it. Use for "how many", per State, type, tag.',
  input: z.strictObject({
    tool: z
      .string()
      .min(1)
      .refine((name) => /^[A-Za-z]\w{0,63}$/.test(name), 'is not the name of a tool')
      .describe('The tool to run, e.g. describe_ec2_instances.'),
    arguments: z.looseObject({}).optional().describe("That tool's own arguments, e.g. filters."),
    ...targets,
    group_by: z
      .array(z.string().min(1))
      .max(4)
      .optional()
      .describe('Item fields, e.g. State, Tags.Environment, AccountId.'),
    sum: z.array(z.string().min(1)).max(4).optional().describe('Numeric item fields to add up.'),
    top: z.int().min(1).max(100).default(10).describe('Largest groups to give.'),
  }),
  output: answerOf({
    account_id: z.string(),
    region: z.string(),
    tool: z.string(),
    total: z.int(),
    sums: z.record(z.string(), z.number()).optional(),
    groups: z.array(group).optional(),
    other_groups: z.strictObject({ groups: z.int(), count: z.int() }).optional(),
    by_account: z.array(group).optional(),
    other_accounts: z.strictObject({ accounts: z.int(), count: z.int() }).optional(),
    by_region: z.record(z.string(), z.int()).optional(),
    cells: z.strictObject({ asked: z.int(), counted: z.int() }),
    complete: z.boolean(),
    failures: z.array(failure).optional(),
    missing: z.array(z.strictObject({ account_id: z.string(), region: z.string() })).optional(),
  }),
  iam: [],
  ownIam: ['lambda:InvokeFunction'],
  timeoutSeconds: 180,
  example: {
    input: { tool: 'describe_ec2_instances', account_id: 'all', region: 'all', group_by: ['State'] },
    output: {
      account_id: 'all',
      region: 'all',
      tool: 'describe_ec2_instances',
      total: 3,
      groups: [
        { State: 'running', count: 2 },
        { State: 'stopped', count: 1 },
      ],
      by_account: [
        { AccountId: '111111111111', count: 2 },
        { AccountId: '222222222222', count: 1 },
      ],
      by_region: { 'us-east-1': 3 },
      cells: { asked: 4, counted: 4 },
      complete: true,
    },
  },
});
