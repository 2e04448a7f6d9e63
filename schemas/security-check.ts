import * as z from 'zod';
import { answerOf, failure, type ItemTypeOf, listOf } from './define-tool.ts';
import { fields, paging, targets } from './fields.ts';

/** One scale for all security tools, from least to worst. */
export const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const severity = z.enum(SEVERITIES);

/** Where to look: the security tools answer for their own account when none is named. */
export const securityTargets = {
  account_id: targets.account_id.optional().describe('AWS account ID, several with commas, or all. Default: own.'),
  region: targets.region,
};

const onRequest = {
  arn: z.string(),
  /** The state of each control on this resource. */
  checks: z.record(z.string(), z.enum(['pass', 'fail', 'info', 'unknown'])),
};

/** One checked resource. */
export const checkedResource = listOf(
  'resource',
  'resource_details',
  {
    service: z.string(),
    type: z.string(),
    /** `*` stands for a whole list that could not be read. */
    id: z.string(),
    name: z.string(),
    state: z.enum(['pass', 'fail', 'info', 'unknown']),
    /** Absent when the state is info or unknown. */
    compliant: z.boolean(),
    /** Of the worst control that fails. */
    severity,
    /** `<control>: <reason>` for each control that fails or could not be decided, worst first. */
    issues: z.array(z.string()),
  },
  onRequest,
);

export type CheckedResource = ItemTypeOf<typeof checkedResource> & Partial<Record<'AccountId' | 'Region', string>>;

/** Whether the result was kept for GetStoredSecurityContext, and if not, why. */
export const stored = z.strictObject({
  stored: z.boolean(),
  objects: z.int().optional(),
  reason: z.string().optional(),
});

/** The arguments of a tool that checks the resources of these services by controls. Each tool adds its own switch. */
export function checkInput<const S extends readonly [string, ...string[]]>(services: S) {
  return {
    ...securityTargets,
    services: z.array(z.enum(services)).min(1).optional().describe('Default: all.'),
    min_severity: severity.optional().describe('Only controls at least this severe.'),
    store_in_context: z.boolean().default(true).describe('For GetStoredSecurityContext.'),
    ...fields(Object.keys(onRequest)),
    ...paging,
  };
}

const counts = {
  resources_checked: z.int(),
  compliant_resources: z.int(),
  non_compliant_resources: z.int(),
  info_resources: z.int(),
  unknown_resources: z.int(),
};

const controlSummary = z.strictObject({
  id: z.string(),
  severity,
  service: z.string(),
  /** Left out where nothing fails and nothing is unknown. */
  title: z.string().optional(),
  fail: z.int().optional(),
  unknown: z.int().optional(),
  pass: z.int().optional(),
  info: z.int().optional(),
});

/** The answer of such a tool. Counts are over all cells and pages; only `resource_details` is cut. */
export function checkAnswer() {
  return answerOf({
    account_id: z.string(),
    region: z.string(),
    services_checked: z.array(z.string()),
    ...counts,
    /** Verdicts: each control on each resource that it is about. */
    checks: z.strictObject({ pass: z.int(), fail: z.int(), info: z.int(), unknown: z.int() }),
    compliance_by_service: z.record(z.string(), z.strictObject(counts)),
    controls: z.array(controlSummary),
    recommendations: z.array(z.string()),
    resource_details: z.array(checkedResource.item as unknown as z.ZodType<CheckedResource>),
    context: stored.optional(),
    complete: z.boolean(),
    failures: z.array(failure).optional(),
    next_token: z.string().optional(),
  });
}
