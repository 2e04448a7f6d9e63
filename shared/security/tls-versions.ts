/** Protocols that RFC 7568 and RFC 8996 withdrew, as Elastic Load Balancing writes them. */
const WITHDRAWN = ['SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.0', 'TLSv1.1'];

export function withdrawnOf(protocols: readonly string[]): string[] {
  return [...new Set(protocols.filter((protocol) => WITHDRAWN.includes(protocol)))];
}
