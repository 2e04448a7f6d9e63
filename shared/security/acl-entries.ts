import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { isEveryone, protocolName } from './internet-rules.ts';

/**
 * Whether a network ACL lets everyone reach a TCP port: of the inbound entries for all addresses that are about the
 * port, the one with the lowest number decides, for IPv4 and IPv6 apart. Entries for a part of the addresses cannot shut
 * out everyone.
 */
export function letsEveryoneIn(entries: readonly NetworkAclEntry[], port: number): boolean {
  const about = entries
    .filter((entry) => entry.Egress !== true && isAboutTcp(entry, port))
    .toSorted((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
  const ipv4 = about.find(({ CidrBlock }) => isEveryone(CidrBlock));
  const ipv6 = about.find(({ Ipv6CidrBlock }) => isEveryone(Ipv6CidrBlock));
  return [ipv4, ipv6].some((first) => first?.RuleAction === 'allow');
}

function isAboutTcp({ Protocol, PortRange }: NetworkAclEntry, port: number): boolean {
  const protocol = protocolName(Protocol);
  if (protocol === 'all') return true;
  return protocol === 'tcp' && (PortRange?.From ?? 0) <= port && port <= (PortRange?.To ?? 65_535);
}
