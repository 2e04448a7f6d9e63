import { checkNetworkSecurity } from '../schemas/check-network-security.ts';
import { checkHandler } from '../shared/security/check-handler.ts';
import { apigateway } from '../shared/security/controls/apigateway.ts';
import { cloudfront } from '../shared/security/controls/cloudfront.ts';
import { elb } from '../shared/security/controls/elb.ts';
import { elbv2 } from '../shared/security/controls/elbv2.ts';
import { securityGroups } from '../shared/security/controls/security-groups.ts';
import { vpc } from '../shared/security/controls/vpc.ts';

/** In the order of the declaration's services. */
const services = [elb, elbv2, vpc, securityGroups, apigateway, cloudfront];

export const handler = checkHandler(checkNetworkSecurity, services, 'include_non_compliant_only');
