import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { letsEveryoneIn } from '../../../shared/security/acl-entries.ts';
import { Unread } from '../../../shared/security/control.ts';
import {
  type InternetRule,
  isEveryone,
  judgeRules,
  opensEverything,
  opensOnly,
  opensTcp,
  portsOf,
  protocolName,
} from '../../../shared/security/internet-rules.ts';
import { together } from '../../../shared/security/together.ts';

const rule = (protocol: string, from: number, to = from, more: Partial<InternetRule> = {}): InternetRule => ({
  protocol,
  from,
  to,
  source: '0.0.0.0/0',
  open: true,
  ...more,
});

describe('a range', () => {
  it.each([
    ['0.0.0.0/0', true],
    ['::/0', true],
    ['10.0.0.0/8', false],
    ['0.0.0.0/01', false],
    [undefined, false],
  ])('%s is of everyone: %s', (range, expected) => {
    expect(isEveryone(range)).toBe(expected);
  });
});

describe('a protocol', () => {
  it.each([
    ['-1', 'all'],
    ['6', 'tcp'],
    ['17', 'udp'],
    ['tcp', 'tcp'],
    ['icmp', 'icmp'],
    ['50', '50'],
    [undefined, 'all'],
  ])('%s is %s', (protocol, name) => {
    expect(protocolName(protocol)).toBe(name);
  });
});

describe('a rule', () => {
  it.each([
    [rule('all', 0, 65_535), true],
    [rule('tcp', 0, 65_535), true],
    [rule('udp', 1, 65_535), true],
    [rule('tcp', 2, 65_535), false],
    [rule('tcp', 0, 65_534), false],
    [rule('icmp', 0, 65_535), false],
    [rule('tcpx', 0, 65_535), false],
    [rule('xudp', 0, 65_535), false],
  ])('opens everything: %j', (each, expected) => {
    expect(opensEverything(each)).toBe(expected);
  });

  it.each([
    [rule('tcp', 22), true],
    [rule('tcp', 21, 22), true],
    [rule('tcp', 22, 23), true],
    [rule('tcp', 23, 30), false],
    [rule('tcp', 0, 21), false],
    [rule('udp', 22), false],
    [rule('all', 0, 0), true],
  ])('opens TCP 22: %j', (each, expected) => {
    expect(opensTcp(each, 22)).toBe(expected);
  });

  it.each([
    [rule('tcp', 80), true],
    [rule('tcp', 443), true],
    [rule('tcp', 8080), false],
    [rule('tcp', 80, 443), false],
    [rule('udp', 80), false],
  ])('opens a web port and nothing else: %j', (each, expected) => {
    expect(opensOnly(each, [80, 443])).toBe(expected);
  });

  it.each([
    [rule('all', 0, 65_535), 'all traffic'],
    [rule('tcp', 22), 'tcp 22'],
    [rule('udp', 20, 25), 'udp 20-25'],
  ])('is told in short: %j', (each, text) => {
    expect(portsOf(each)).toBe(text);
  });
});

describe('judgeRules', () => {
  const isSsh = (each: InternetRule) => opensTcp(each, 22);

  it('fails by what is open, is left open by a list that was not read, and passes otherwise', () => {
    const ssh = rule('tcp', 22);
    const perhaps = rule('tcp', 20, 30, { source: 'pl-1', open: new Unread('access_denied') });
    expect(judgeRules([ssh, perhaps], isSsh)).toEqual({ state: 'fail', reason: 'tcp 22 from 0.0.0.0/0' });
    expect(judgeRules([perhaps], isSsh)).toEqual({ state: 'unknown', reason: 'pl-1 not read: access_denied' });
    expect(judgeRules([rule('tcp', 443)], isSsh)).toEqual({ state: 'pass', reason: 'not open' });
    expect(judgeRules([rule('tcp', 22, 22, { open: false })], isSsh)).toEqual({ state: 'pass', reason: 'not open' });
  });
});

describe('verdicts on the parts of a resource', () => {
  const verdict = (state: 'fail' | 'unknown' | 'pass' | 'info', reason: string) => ({ state, reason });

  it('are together the worst, with its reasons, each once', () => {
    const parts = [verdict('info', 'i'), verdict('fail', 'a'), verdict('unknown', 'u'), verdict('fail', 'a')];
    expect(together(parts, verdict('pass', 'none'))).toEqual(verdict('fail', 'a'));
    expect(together(parts.slice(2, 3).concat(parts.slice(0, 1)), verdict('pass', 'none')).state).toBe('unknown');
    expect(together([verdict('info', 'i'), verdict('pass', 'p')], verdict('fail', 'x'))).toEqual(verdict('pass', 'p'));
    expect(together([verdict('info', 'i')], verdict('fail', 'x'))).toEqual(verdict('info', 'i'));
    expect(together([], verdict('info', 'none'))).toEqual(verdict('info', 'none'));
  });

  it('tell three reasons, and how many more there are', () => {
    const failing = (...reasons: string[]) => reasons.map((reason) => verdict('fail', reason));
    expect(together(failing('a', 'b', 'c'), verdict('pass', '')).reason).toBe('a; b; c');
    expect(together(failing('a', 'b', 'c', 'd', 'e'), verdict('pass', '')).reason).toBe('a; b; c; 2 more');
  });
});

describe('a network ACL', () => {
  const entry = (RuleNumber: number, RuleAction: 'allow' | 'deny', more: NetworkAclEntry = {}): NetworkAclEntry => ({
    RuleNumber,
    RuleAction,
    Protocol: '-1',
    CidrBlock: '0.0.0.0/0',
    ...more,
  });
  const ports = (From?: number, To?: number) => ({ Protocol: '6', PortRange: { From, To } }) as NetworkAclEntry;
  const ipv6 = { CidrBlock: undefined, Ipv6CidrBlock: '::/0' } as unknown as NetworkAclEntry;

  it.each<[string, NetworkAclEntry[], boolean]>([
    ['without entries', [], false],
    ['all traffic', [entry(1, 'allow')], true],
    ['the lowest number first, in whatever order', [entry(3, 'allow'), entry(2, 'deny')], false],
    ['the lowest number allows', [entry(2, 'deny'), entry(1, 'allow')], true],
    [
      'a number that AWS did not say is the lowest',
      [entry(1, 'deny'), { ...entry(0, 'allow'), RuleNumber: undefined } as never],
      true,
    ],
    ['outbound', [entry(1, 'allow', { Egress: true })], false],
    ['inbound as AWS says it', [entry(1, 'allow', { Egress: false })], true],
    ['IPv6 alone', [entry(1, 'deny'), entry(2, 'allow', ipv6)], true],
    ['IPv4 alone', [entry(1, 'deny', ipv6), entry(2, 'allow')], true],
    ['both denied', [entry(1, 'deny', ipv6), entry(2, 'deny'), entry(3, 'allow'), entry(4, 'allow', ipv6)], false],
    ['for a part of the addresses', [entry(1, 'allow', { CidrBlock: '10.0.0.0/8' })], false],
    ['exactly the port', [entry(1, 'allow', ports(22, 22))], true],
    ['up to the port', [entry(1, 'allow', ports(1, 22))], true],
    ['from the port', [entry(1, 'allow', ports(22, 30))], true],
    ['below it', [entry(1, 'allow', ports(1, 21))], false],
    ['above it', [entry(1, 'allow', ports(23, 30))], false],
    ['from the lowest port', [entry(1, 'allow', ports(undefined, 30))], true],
    ['to the highest port', [entry(1, 'allow', ports(20, undefined))], true],
    ['TCP without ports', [entry(1, 'allow', { Protocol: '6' })], true],
    ['UDP', [entry(1, 'allow', { ...ports(22, 22), Protocol: '17' })], false],
  ])('lets everyone in to 22: %s', (_name, entries, expected) => {
    expect(letsEveryoneIn(entries, 22)).toBe(expected);
  });
});
