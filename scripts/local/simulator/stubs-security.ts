import type { Stubs } from './stub.ts';
import { accessAnalyzerStubs } from './stubs-access-analyzer.ts';
import { guarddutyStubs } from './stubs-guardduty.ts';
import { inspectorStubs } from './stubs-inspector.ts';
import { macieStubs } from './stubs-macie.ts';
import { resourceExplorerStubs } from './stubs-resource-explorer.ts';
import { securityHubStubs } from './stubs-security-hub.ts';
import { trustedAdvisorStubs } from './stubs-trusted-advisor.ts';

/** What moto does not know of the security services. */
export function securityStubs(): Stubs {
  return {
    guardduty: guarddutyStubs(),
    inspector2: inspectorStubs(),
    'access-analyzer': accessAnalyzerStubs(),
    securityhub: securityHubStubs(),
    macie2: macieStubs(),
    support: trustedAdvisorStubs(),
    'resource-explorer-2': resourceExplorerStubs(),
  };
}
