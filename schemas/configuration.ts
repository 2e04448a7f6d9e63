import * as z from 'zod';
import { TOOLSETS } from './define-tool.ts';

export const accountId = z.string().regex(/^[0-9]{12}$/, 'must be a 12-digit AWS account ID');
/** Region names as AWS forms them; a name outside the configured list is refused whatever its form. */
export const regionName = z
  .string()
  .regex(/^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$/, 'must be a Region name such as us-east-1');

/** What the tools need at run time. In Lambda each comes as an environment variable: see shared/config.ts. */
export const runtimeConfiguration = z.strictObject({
  homeRegion: regionName.default('us-east-1'),
  regions: z.array(regionName).min(1),
  targetRoleName: z
    .string()
    .regex(/^[\w+=,.@-]{1,64}$/, 'must be an IAM role name')
    .default('CentralOpsTargetRole'),
  externalId: z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be an STS external ID')
    .optional(),
  organizationId: z
    .string()
    .regex(/^o-[a-z0-9]{10,32}$/, 'must be an organization ID such as o-a1b2c3d4e5')
    .optional(),
  managementAccountId: accountId.optional(),
  accounts: z.union([z.literal('organization'), z.array(accountId).min(1)]),
  contextStore: z
    .strictObject({ bucket: z.string().min(3).max(63), ttlHours: z.int().min(1).max(8760).default(24) })
    .optional(),
  toolsets: z.array(z.enum(TOOLSETS)).min(1).optional(),
});

export type RuntimeConfiguration = z.output<typeof runtimeConfiguration>;
