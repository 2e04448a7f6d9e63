import { DescribeSecurityGroupsCommand, EC2Client, type SecurityGroup } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import { describeEc2SecurityGroups } from '../../schemas/describe-ec2-security-groups.ts';
import { tokensOf } from '../../scripts/tokens.ts';
import { refusesBadInput } from '../support/bad-input.ts';
import { expectDeclaredActions } from '../support/declared-actions.ts';
import { describeEstate, type EstateAccess } from '../support/estate.ts';
import { keyBy, truthOfCells } from '../support/truth.ts';
import { failedCells, unreadCells } from '../support/unread-cells.ts';
import { walk } from '../support/walk.ts';

interface Rule {
  Protocol: string;
  Ports: string;
  Source: string;
  Description?: string;
}

interface Group {
  GroupId: string;
  GroupName: string;
  IngressRules: Rule[];
  EgressRules: Rule[];
  AccountId?: string;
  Region?: string;
}

interface Answer {
  account_id: string;
  region: string;
  security_group_count: number;
  security_groups: Group[];
  complete?: boolean;
  failures?: { account_id: string; region: string; code: string }[];
  next_token?: string;
  error?: { code: string; field?: string };
}

const keyOf = keyBy('AccountId', 'Region', 'GroupId');

/** What moto holds: account, Region and ID of every group that is wanted. */
async function truth(access: EstateAccess, wanted: (group: SecurityGroup) => boolean = () => true): Promise<string[]> {
  const found = await truthOfCells(access, async (at, cell) => {
    const { SecurityGroups = [] } = await new EC2Client(at).send(new DescribeSecurityGroupsCommand({}));
    return SecurityGroups.filter(wanted).map(({ GroupId }) => keyOf({ ...cell, GroupId }));
  });
  return found.sort();
}

describeEstate('describe_ec2_security_groups', (access) => {
  const ask = (event: object) => access.call<Answer>(describeEc2SecurityGroups, event);
  const named = async (account: Parameters<EstateAccess['id']>[0], name: string, region = 'us-east-1') => {
    const filters = [{ Name: 'group-name', Values: [name] }];
    return (await ask({ account_id: access.id(account), region, filters })).security_groups;
  };

  it('answers for one account and Region in the plain shape, with one call', async () => {
    const account_id = access.id('payments-prod');
    const answer = await ask({ account_id });
    expect(answer).toMatchObject({ account_id, security_group_count: answer.security_groups.length });
    expect(answer.security_groups.length).toBeGreaterThan(5);
    expect(answer).not.toHaveProperty('complete');
    expect(describeEc2SecurityGroups.output.answer.safeParse(answer).error).toBeUndefined();
    const calls = access.awsCalls();
    expect(calls).toHaveLength(1);
    expectDeclaredActions(calls, describeEc2SecurityGroups);
  });

  it('writes rules as rows, one for each source', async () => {
    const [alb] = await named('payments-prod', 'payments-alb');
    expect(alb?.IngressRules).toEqual(
      expect.arrayContaining([
        { Protocol: 'tcp', Ports: '443', Source: '0.0.0.0/0' },
        { Protocol: 'tcp', Ports: '443', Source: '::/0' },
        { Protocol: 'tcp', Ports: '80', Source: '0.0.0.0/0', Description: 'redirected to HTTPS' },
      ]),
    );
    expect(alb?.IngressRules).toHaveLength(3);
    // A VPC with IPv6 lets its groups out there too.
    expect(alb?.EgressRules).toEqual([
      { Protocol: 'all', Ports: 'all', Source: '0.0.0.0/0' },
      { Protocol: 'all', Ports: 'all', Source: '::/0' },
    ]);
    const [worker] = await named('payments-prod', 'ledger-worker');
    const [database] = await named('payments-prod', 'ledger-db');
    expect(database?.IngressRules).toContainEqual({
      Protocol: 'tcp',
      Ports: '5432',
      Source: worker?.GroupId,
      Description: 'ledger workers',
    });
    const [sftp] = await named('payments-prod', 'settlement-sftp', 'eu-west-1');
    expect(sftp?.IngressRules).toMatchObject([{ Ports: '20-25' }]);
  });

  it('finds the open groups: IPv4, IPv6, all traffic and port ranges', async () => {
    const open = await ask({ account_id: 'all', region: 'all', open_to_internet: true, max_results: 1_000 });
    expect(open.security_groups.map(keyOf).sort()).toEqual(
      await truth(access, ({ IpPermissions = [] }) =>
        IpPermissions.some(
          ({ IpRanges = [], Ipv6Ranges = [] }) =>
            IpRanges.some(({ CidrIp }) => CidrIp === '0.0.0.0/0') ||
            Ipv6Ranges.some(({ CidrIpv6 }) => CidrIpv6 === '::/0'),
        ),
      ),
    );
    const names = open.security_groups.map(({ GroupName }) => GroupName);
    expect(names).toEqual(
      expect.arrayContaining(['dev-bastion', 'windows-jump', 'migration-temp', 'settlement-sftp', 'payments-alb']),
    );
    expect(names).not.toContain('ledger-db');
    expect(names).not.toContain('default');
  });

  it('gives every group of the organization exactly once through the cursor', async () => {
    const answers = await walk(ask, { account_id: 'all', region: 'all', max_results: 6 });
    expect(answers.flatMap(({ security_groups }) => security_groups.map(keyOf)).sort()).toEqual(await truth(access));
    for (const { complete } of answers) expect(complete).toBe(false);
  });

  it('says which account and Region are missing, and loses nothing healthy, with one call a cell', async () => {
    const { accounts, regions } = access.estate;
    const answer = await ask({ account_id: 'all', region: 'all', max_results: 1_000 });
    expect(answer.security_groups.map(keyOf).sort()).toEqual(await truth(access));
    expect(answer.complete).toBe(false);
    expect(failedCells(answer)).toEqual(unreadCells(access.estate));
    const reachable = accounts.filter((account) => account.reachable).length;
    expect(access.awsCalls()).toHaveLength(reachable * (regions.length + 1));
  });

  it('finds a group by ID, and says when there is none', async () => {
    const [alb] = await named('payments-prod', 'payments-alb');
    const account_id = access.id('payments-prod');
    expect((await ask({ account_id, group_ids: [alb?.GroupId] })).security_groups).toEqual([alb]);
    expect((await ask({ account_id, group_ids: ['sg-0000000000000dead'] })).error?.code).toBe('not_found');
  });

  refusesBadInput(access, ask, [
    ['group_ids.0', { account_id: 'all', group_ids: [''] }],
    ['open_to_internet', { account_id: 'all', open_to_internet: 'ssh' }],
    ['fields', { account_id: 'all', fields: ['IpPermissions'] }],
    ['port', { account_id: 'all', port: 22 }],
  ]);

  it('answers within 5,000 tokens by default', async () => {
    const answer = await ask({ account_id: 'all', region: 'all' });
    expect(answer.security_group_count).toBeGreaterThan(10);
    expect(tokensOf(answer)).toBeLessThanOrEqual(5_000);
  });
});
