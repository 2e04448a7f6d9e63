import { controlsOn, fail, info, pass, securityHub, Unread, unknown } from '../control.ts';
import { judgeRules, opensEverything, opensOnly, opensTcp } from '../internet-rules.ts';
import { readSecurityGroups, type SecurityGroup, WEB_PORTS } from '../resources/security-groups.ts';
import { checkedService } from '../service.ts';

const group = controlsOn<SecurityGroup>('security_groups', 'AWS::EC2::SecurityGroup');

/** Security Hub's list for EC2.19: remote access, file exchange, mail, databases, search and development servers. */
const HIGH_RISK_PORTS = [
  20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888,
  9200, 9300,
];

const NARROW = 'Allow only the addresses or groups that need it.';

export const securityGroups = checkedService(
  'security_groups',
  [{ types: ['AWS::EC2::SecurityGroup'], read: readSecurityGroups }],
  [
    group({
      id: 'EC2.13',
      title: 'Security groups do not open SSH (22) to the Internet',
      severity: 'HIGH',
      fields: ['InternetRules'],
      remediation: 'Remove the rule and use Session Manager, or allow only the addresses that need SSH.',
      url: securityHub('ec2', 'EC2.13'),
      judge: ({ InternetRules }) => judgeRules(InternetRules, (rule) => opensTcp(rule, 22)),
    }),
    group({
      id: 'EC2.14',
      title: 'Security groups do not open RDP (3389) to the Internet',
      severity: 'HIGH',
      fields: ['InternetRules'],
      remediation: 'Remove the rule and use Fleet Manager, or allow only the addresses that need RDP.',
      url: securityHub('ec2', 'EC2.14'),
      judge: ({ InternetRules }) => judgeRules(InternetRules, (rule) => opensTcp(rule, 3389)),
    }),
    // Only TCP 80 and 443 are authorised, as by default in Security Hub; ICMP and the like have no ports.
    group({
      id: 'EC2.18',
      title: 'Security groups open only ports 80 and 443 to the Internet',
      severity: 'HIGH',
      fields: ['InternetRules'],
      remediation: NARROW,
      url: securityHub('ec2', 'EC2.18'),
      judge: ({ InternetRules }) =>
        judgeRules(InternetRules, (rule) => /^(all|tcp|udp)$/.test(rule.protocol) && !opensOnly(rule, WEB_PORTS)),
    }),
    group({
      id: 'EC2.19',
      title: 'Security groups do not open high-risk ports to the Internet',
      severity: 'CRITICAL',
      fields: ['InternetRules'],
      remediation: NARROW,
      url: securityHub('ec2', 'EC2.19'),
      judge: ({ InternetRules }) =>
        judgeRules(InternetRules, (rule) => HIGH_RISK_PORTS.some((port) => opensTcp(rule, port))),
    }),
    group({
      id: 'OPS.SG.1',
      title: 'Security groups do not open all ports to the Internet',
      severity: 'CRITICAL',
      fields: ['InternetRules'],
      remediation: NARROW,
      url: 'https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html',
      judge: ({ InternetRules }) => judgeRules(InternetRules, opensEverything),
    }),
    // EC2.18 allows the web ports on every group. On a load balancer's they are its purpose.
    group({
      id: 'OPS.SG.2',
      title: 'Web ports are open to the Internet on load balancers only',
      severity: 'LOW',
      fields: ['InternetRules', 'UsedBy'],
      remediation: 'Put a load balancer or CloudFront in front and allow only its group or prefix list.',
      url: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html',
      judge: ({ InternetRules, UsedBy }) => {
        const web = InternetRules.filter((rule) => opensOnly(rule, WEB_PORTS));
        const unread = web.find(({ open }) => open instanceof Unread);
        if (web.length === 0) return pass('no web port open');
        const ports = [...new Set(web.map(({ from }) => from))].join(', ');
        if (UsedBy.includes('other')) {
          if (unread !== undefined && web.every(({ open }) => open !== true))
            return unknown(`${unread.source} not read`);
          return fail(`${ports} open on what is no load balancer`);
        }
        return info(`${ports} open ${UsedBy.length === 0 ? 'on a group that nothing has' : 'on a load balancer'}`);
      },
    }),
  ],
);
