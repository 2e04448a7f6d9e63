import { describe, expect, it } from 'vitest';
import { ipRanges, ruleRows } from '../../../shared/aws/ec2.ts';

/** The tests of the EC2 tools hold the rest: here is what AWS may leave out. */
describe('the ranges of a VPC', () => {
  it('are in use where AWS does not say otherwise', () => {
    expect(ipRanges([{ CidrBlock: '10.0.0.0/16' }, { CidrBlock: '10.1.0.0/16', CidrBlockState: {} }])).toEqual([
      '10.0.0.0/16',
      '10.1.0.0/16',
    ]);
  });

  it('are absent where AWS says none', () => {
    expect([ipRanges(), ipRanges([]), ipRanges([{}])]).toEqual([undefined, undefined, undefined]);
  });
});

describe('the rows of a rule', () => {
  const row = (permission: object) => ruleRows([{ IpRanges: [{ CidrIp: '10.0.0.0/8' }], ...permission }])[0];

  it('are none without a rule', () => {
    expect([ruleRows(), ruleRows([]), ruleRows([{}])]).toEqual([[], [], []]);
  });

  it('say unknown for what AWS left out', () => {
    expect(row({ IpRanges: [{}] })).toMatchObject({ Protocol: 'unknown', Ports: 'all', Source: 'unknown' });
    expect(row({ FromPort: 22, ToPort: 23 })).toMatchObject({ Protocol: 'unknown', Ports: '22-23' });
  });

  it.each([
    ['1', 'type 8 code 0'],
    ['58', 'type 8 code 0'],
    ['11', '8-0'],
    ['17', '8-0'],
    ['581', '8-0'],
  ])('have types and codes for ICMP only: protocol %s', (IpProtocol, Ports) => {
    expect(row({ IpProtocol, FromPort: 8, ToPort: 0 })).toMatchObject({ Ports });
  });
});
