import { EC2Client } from '@aws-sdk/client-ec2';
import * as z from 'zod';
import { defineTool, listOf, objectOf } from '../../schemas/define-tool.ts';
import { fields, paging, targets } from '../../schemas/fields.ts';
import { testContext } from './configuration.ts';

const item = { Name: z.string(), Created: z.string(), Tags: z.record(z.string(), z.string()) };

/** A list and an object like those of the catalog, for what is the same around all of them. */
export const listThings = defineTool({
  name: 'list_things',
  toolset: 'compute',
  description: 'Things.',
  input: z.strictObject({ ...targets, kind: z.string().optional(), ...paging, ...fields(['Notes']) }),
  output: listOf('thing', 'things', item, { Notes: z.string(), Rules: z.array(z.string()) }),
  iam: ['ec2:DescribeThings'],
  ownIam: ['organizations:ListThings'],
  example: { input: { account_id: '111111111111' }, output: {} as never },
});

export const getThing = defineTool({
  name: 'get_thing',
  toolset: 'compute',
  description: 'A thing.',
  input: z.strictObject({ ...targets, name: z.string().default('x'), ...fields() }),
  output: objectOf('thing', 'things', { ...item, Rules: z.array(z.string()) }),
  iam: ['ec2:DescribeThings'],
  example: { input: { account_id: '111111111111' }, output: {} as never },
});

export { EC2Client as ThingsClient };

/** What a list or an object answers. */
export interface ThingAnswer {
  account_id: string;
  region: string;
  thing: Record<string, unknown>;
  thing_count: number;
  things: Record<string, unknown>[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string; message: string }[];
  next_token?: string;
  error?: { code: string; message: string; field?: string };
}

export async function ask(
  handler: (event: unknown, context: object) => Promise<unknown>,
  event: object,
  milliseconds?: number,
): Promise<ThingAnswer> {
  return JSON.parse(JSON.stringify(await handler({ account_id: '111111111111', ...event }, testContext(milliseconds))));
}
