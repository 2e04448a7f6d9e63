import * as z from 'zod';

/** Where to look: required for the operation tools. */
export const targets = {
  account_id: z.string().describe('AWS account ID (12 digits), several separated by commas, or all.'),
  region: z.string().optional().describe('AWS Region, several separated by commas, or all. Default: home Region.'),
};

/** Where to look, for services that answer once per account. */
export const accountTargets = { account_id: targets.account_id };

/** How much to answer, and how to go on. */
export const paging = {
  max_results: z.int().min(1).max(1000).default(50).describe('Items per answer.'),
  next_token: z.string().optional().describe('next_token of the last answer, with the same arguments.'),
};

/** Which fields to give. The names of the fields on request are spoken, so that a model can ask for them. */
export function fields(onRequest?: readonly string[]) {
  const more = onRequest === undefined ? '' : ` More on request: ${onRequest.join(', ')}.`;
  return { fields: z.array(z.string()).optional().describe(`Only these item fields.${more}`) };
}

/** AWS's own filters, passed on after this shape check. */
export const filters = {
  filters: z
    .array(z.strictObject({ Name: z.string().min(1), Values: z.array(z.string()).min(1).max(100) }))
    .max(20)
    .optional()
    .describe("AWS's own filters."),
};

/** Names or IDs to look up directly. */
export function ids(what: string, most = 100) {
  return z.array(z.string().min(1)).min(1).max(most).optional().describe(what);
}

/** Tags as a map; the keys and values are text that strangers wrote. */
export const tags = z.record(z.string(), z.string());

/** ISO 8601, UTC. */
export const time = z.string();
