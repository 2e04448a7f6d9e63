import * as z from 'zod';
import { answerOf, defineTool, failure } from './define-tool.ts';
import { paging, time } from './fields.ts';
import { securityTargets } from './security-check.ts';

/** The tools that keep their results. */
const STORING = [
  'CheckSecurityServices',
  'GetSecurityFindings',
  'CheckStorageEncryption',
  'CheckNetworkSecurity',
  'ListServicesInRegion',
] as const;

const context = z.strictObject({
  AccountId: z.string(),
  Region: z.string(),
  tool: z.string(),
  stored_at: time,
  age_seconds: z.int(),
  ttl_hours: z.number(),
  /** Older than its time to live: AWS may look different by now. */
  expired: z.boolean(),
  /** The arguments that shaped the result. */
  asked: z.record(z.string(), z.unknown()),
  summary: z.record(z.string(), z.unknown()),
  Truncated: z.array(z.string()).optional(),
});

export const getStoredSecurityContext = defineTool({
  name: 'GetStoredSecurityContext',
  toolset: 'security',
  description:
    'The last stored results of the security tools: when, how old, their counts, without asking AWS again. Only what was checked with store_in_context is there.',
  input: z.strictObject({
    ...securityTargets,
    tool: z.enum(STORING).optional().describe('Default: all.'),
    detailed: z.boolean().default(false).describe('Also the rows of the results.'),
    ...paging,
  }),
  output: answerOf({
    account_id: z.string(),
    region: z.string(),
    available: z.boolean(),
    message: z.string().optional(),
    contexts: z.array(context),
    /** Rows of the results, each with its account, Region and tool. */
    data: z.array(z.record(z.string(), z.unknown())).optional(),
    complete: z.boolean(),
    failures: z.array(failure).optional(),
    next_token: z.string().optional(),
  }),
  iam: [],
  ownIam: ['s3:GetObject', 's3:ListBucket'],
  example: {
    input: { account_id: '111111111111', region: 'us-east-1', tool: 'CheckStorageEncryption' },
    output: {
      account_id: '111111111111',
      region: 'us-east-1',
      available: true,
      contexts: [
        {
          AccountId: '111111111111',
          Region: 'us-east-1',
          tool: 'CheckStorageEncryption',
          stored_at: '2026-11-20T08:00:00.000Z',
          age_seconds: 3600,
          ttl_hours: 24,
          expired: false,
          asked: { services: ['ebs'] },
          summary: {
            services_checked: ['ebs'],
            resources_checked: 2,
            compliant_resources: 1,
            non_compliant_resources: 1,
          },
        },
      ],
      complete: true,
    },
  },
});
