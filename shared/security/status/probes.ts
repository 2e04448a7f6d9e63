import type { SecurityService } from '../../../schemas/security-service.ts';
import { accessAnalyzerStatus } from './access-analyzer.ts';
import { guarddutyStatus } from './guardduty.ts';
import { inspectorStatus } from './inspector.ts';
import { macieStatus } from './macie.ts';
import { securityHubStatus } from './security-hub.ts';
import type { StatusProbe } from './status.ts';
import { trustedAdvisorStatus } from './trusted-advisor.ts';

/** In the order of the declaration. */
export const PROBES: Readonly<Record<SecurityService, StatusProbe>> = {
  guardduty: guarddutyStatus,
  inspector: inspectorStatus,
  accessanalyzer: accessAnalyzerStatus,
  securityhub: securityHubStatus,
  trustedadvisor: trustedAdvisorStatus,
  macie: macieStatus,
};
