import { fail, type Part, pass, Unread, unknown, type Verdict } from './control.ts';
import { together } from './together.ts';

/** What one inbound rule of a security group opens to a source that is, or may be, everyone. */
export interface InternetRule {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  /** A range of all addresses, or a prefix list. */
  readonly source: string;
  /** Whether the source holds all addresses. `Unread` where a prefix list could not be read. */
  readonly open: Part<boolean>;
}

/** A range of all IPv4 or all IPv6 addresses. */
export function isEveryone(range: string | undefined): boolean {
  return range?.endsWith('/0') ?? false;
}

/** Protocols as EC2 and network ACLs write them: by name, by number, or -1 for all. */
const PROTOCOLS: Readonly<Record<string, string>> = { '-1': 'all', '6': 'tcp', '17': 'udp' };

export function protocolName(protocol = '-1'): string {
  return PROTOCOLS[protocol] ?? protocol;
}

export function opensEverything({ protocol, from, to }: InternetRule): boolean {
  return protocol === 'all' || (/^(tcp|udp)$/.test(protocol) && from <= 1 && to === 65_535);
}

export function opensTcp(rule: InternetRule, port: number): boolean {
  return rule.protocol === 'all' || (rule.protocol === 'tcp' && rule.from <= port && port <= rule.to);
}

export function opensOnly({ protocol, from, to }: InternetRule, ports: readonly number[]): boolean {
  return protocol === 'tcp' && from === to && ports.includes(from);
}

/** Fails by the rules that are wrong; a prefix list that was not read leaves it open whether its rule is. */
export function judgeRules(rules: readonly InternetRule[], isWrong: (rule: InternetRule) => boolean): Verdict {
  const verdicts = rules.filter(isWrong).flatMap((rule) => {
    if (rule.open instanceof Unread) return [unknown(`${rule.source} not read: ${rule.open.code}`)];
    return rule.open ? [fail(`${portsOf(rule)} from ${rule.source}`)] : [];
  });
  return together(verdicts, pass('not open'));
}

export function portsOf({ protocol, from, to }: InternetRule): string {
  if (protocol === 'all') return 'all traffic';
  return `${protocol} ${from === to ? from : `${from}-${to}`}`;
}
