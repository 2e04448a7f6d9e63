import type { SecurityService } from '../../../schemas/security-service.ts';
import { accessAnalyzerFindings } from './access-analyzer.ts';
import { guarddutyFindings } from './guardduty.ts';
import { inspectorFindings } from './inspector.ts';
import { macieFindings } from './macie.ts';
import { securityHubFindings } from './security-hub.ts';
import type { FindingSource } from './source.ts';
import { trustedAdvisorFindings } from './trusted-advisor.ts';

export const SOURCES: Readonly<Record<SecurityService, FindingSource>> = {
  guardduty: guarddutyFindings,
  inspector: inspectorFindings,
  accessanalyzer: accessAnalyzerFindings,
  securityhub: securityHubFindings,
  trustedadvisor: trustedAdvisorFindings,
  macie: macieFindings,
};
