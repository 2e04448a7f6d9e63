import * as z from 'zod';
import { answerOf, defineTool, failure, type ItemTypeOf, listOf } from './define-tool.ts';
import { fields, paging } from './fields.ts';
import { securityTargets, stored } from './security-check.ts';

const count = z.record(z.string(), z.int());

/** What one account has in one Region. */
export const inventory = listOf(
  'inventory',
  'inventories',
  {
    total_resources: z.int(),
    source: z.enum(['resource-explorer', 'resource-groups-tagging-api']),
    /** AGGREGATOR: the index holds other Regions too, of which nothing is counted here. */
    index: z.enum(['LOCAL', 'AGGREGATOR']),
    complete: z.boolean(),
    note: z.string(),
  },
  { services: z.array(z.string()), service_counts: count, resource_type_counts: count },
);

export type Inventory = ItemTypeOf<typeof inventory>;

export const listServicesInRegion = defineTool({
  name: 'ListServicesInRegion',
  toolset: 'security',
  description:
    'Which AWS services have resources in a Region, and how many of each type. From Resource Explorer, else the Tagging API; complete says whether all were counted.',
  input: z.strictObject({
    ...securityTargets,
    store_in_context: z.boolean().default(true).describe('For GetStoredSecurityContext.'),
    ...fields(),
    ...paging,
  }),
  output: answerOf({
    account_id: z.string(),
    region: z.string(),
    /** Of several accounts and Regions: a row for each, the largest first. */
    inventory_count: z.int().optional(),
    inventories: z
      .array(inventory.item as unknown as z.ZodType<Inventory & Partial<Record<'AccountId' | 'Region', string>>>)
      .optional(),
    services: z.array(z.string()),
    service_counts: count,
    resource_type_counts: count,
    total_resources: z.int(),
    source: z.string(),
    index: z.string().optional(),
    notes: z.array(z.string()).optional(),
    context: stored.optional(),
    complete: z.boolean(),
    failures: z.array(failure).optional(),
    next_token: z.string().optional(),
    /** What of the counts did not fit the answer. */
    Truncated: z.array(z.string()).optional(),
  }),
  iam: [
    'resource-explorer-2:ListIndexes',
    'resource-explorer-2:GetDefaultView',
    'resource-explorer-2:GetView',
    // ListResources is no IAM action: the Service Authorization Reference has only Search for what a view gives.
    // UNVERIFIED: that Search authorises ListResources.
    'resource-explorer-2:Search',
    'tag:GetResources',
  ],
  ownIam: ['s3:PutObject'],
  example: {
    input: { account_id: '111111111111', region: 'eu-west-1' },
    output: {
      account_id: '111111111111',
      region: 'eu-west-1',
      services: ['ec2', 's3'],
      service_counts: { ec2: 2, s3: 1 },
      resource_type_counts: { 'ec2:instance': 1, 'ec2:volume': 1, 's3:bucket': 1 },
      total_resources: 3,
      source: 'resource-explorer',
      index: 'LOCAL',
      context: { stored: false, reason: 'no context store is configured' },
      complete: true,
    },
  },
});
