import * as z from 'zod';

/** The services that CheckSecurityServices and GetSecurityFindings know, by their published names. */
export const SECURITY_SERVICES = [
  'guardduty',
  'inspector',
  'accessanalyzer',
  'securityhub',
  'trustedadvisor',
  'macie',
] as const;

export type SecurityService = (typeof SECURITY_SERVICES)[number];

export const securityService = z.enum(SECURITY_SERVICES);
