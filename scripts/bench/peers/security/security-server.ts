import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { tokensOf } from '../../../tokens.ts';
import { callText } from '../call-text.ts';
import { peerVenv } from '../install.ts';
import { profilesOf } from '../profiles.ts';
import type { PeerWorld } from '../types.ts';
import type { Finding } from './judge.ts';

const VERSION = '0.2.0';
export const SECURITY_SERVER = `well-architected-security-mcp-server ${VERSION}`;
const CONNECT_LIMIT_MS = 120_000;
const TOOLS = ['CheckStorageEncryption', 'CheckNetworkSecurity'] as const;

/** An answer of one of its two checks, as far as it is read. */
export interface ServerAnswer {
  readonly region: string;
  readonly error?: string;
  readonly resource_details?: readonly {
    readonly type: string;
    readonly id?: string;
    readonly name?: string;
    readonly issues: readonly string[];
  }[];
}

/** AWS Labs' security server, running. */
export interface SecurityServer {
  readonly toolListTokens: number;
  /** Both checks, for each account and Region one after another: its answers with the account that was asked, and the texts. */
  ask(roots: Set<number>): Promise<{ answers: { accountId: string; answer: ServerAnswer }[]; text: string }>;
  stop(): Promise<void>;
}

/** Starts one process of it with a profile for each account: it takes keys from profiles only. */
export async function startSecurityServer(world: PeerWorld): Promise<SecurityServer> {
  const venv = await peerVenv('security-server', [`awslabs.well-architected-security-mcp-server==${VERSION}`]);
  const { accounts, regions } = world.demo.estate;
  const ids = accounts.filter(({ reachable }) => reachable).map(({ id }) => id);
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, ...environment } = await world.environmentOf(
    world.accountId,
  );
  const folder = await mkdtemp(join(environment.HOME ?? '', 'security-server-'));
  const file = join(folder, 'credentials');
  await writeFile(file, await profilesOf(world, ids));
  const client = new Client({ name: 'central-ops-bench', version: '1.0.0' });
  const transport = new StdioClientTransport({
    command: venv.program('awslabs.well-architected-security-mcp-server'),
    env: { ...environment, AWS_SHARED_CREDENTIALS_FILE: file, FASTMCP_LOG_LEVEL: 'ERROR' },
    stderr: 'ignore',
  });
  await client.connect(transport, { timeout: CONNECT_LIMIT_MS });
  return {
    toolListTokens: tokensOf((await client.listTools()).tools),
    ask: async (roots) => {
      if (transport.pid !== null) roots.add(transport.pid);
      const answers = [];
      const texts = [];
      for (const accountId of ids) {
        for (const region of regions) {
          for (const name of TOOLS) {
            const text = await callText(client, name, { region, aws_profile: accountId });
            answers.push({ accountId, answer: JSON.parse(text) as ServerAnswer });
            texts.push(text);
          }
        }
      }
      return { answers, text: texts.join('\n') };
    },
    stop: () => client.close(),
  };
}

/** Its words for what the compared controls ask, by the type of the resource. */
const ISSUES: readonly (readonly [type: string, words: RegExp, controls: readonly string[]])[] = [
  ['s3', /^Public access (not fully blocked|block status unknown)/, ['S3.8']],
  ['ebs', /^Volume is not encrypted/, ['EC2.3', 'OPS.EBS.1']],
  ['rds', /^RDS instance storage is not encrypted/, ['RDS.3']],
  ['efs', /^EFS filesystem is not encrypted/, ['EFS.1']],
  ['elasticache', /at-rest encryption/, ['ElastiCache.4']],
  ['elasticache', /in-transit encryption/, ['ElastiCache.5']],
  ['classic_load_balancer', /non-encrypted listeners/, ['ELB.3']],
  ['classic_load_balancer', /^Using insecure protocols/, ['ELB.8']],
  ['application_load_balancer', /^Found [1-9]\d* non-encrypted HTTP/, ['ELB.1']],
  ['application_load_balancer', /insecure SSL policy/, ['ELB.17']],
  ['network_load_balancer', /insecure SSL policy/, ['ELB.17']],
  ['api_gateway', /using insecure TLS policy/, ['OPS.APIGW.1']],
  ['cloudfront_distribution', /^Viewer protocol policy/, ['CloudFront.3']],
  ['cloudfront_distribution', /^Using outdated TLS version/, ['CloudFront.15']],
  ['cloudfront_distribution', /^S3 origins without/, ['CloudFront.13']],
];

/** The compared controls that it has words for. */
export const askedControls: ReadonlySet<string> = new Set(ISSUES.flatMap(([, , controls]) => controls));

/** Why its answers differ where it has a check. */
const REASONS: Readonly<Record<string, string>> = {
  'ELB.1': 'an HTTP listener is called unencrypted also where it redirects to HTTPS',
  'ELB.17': 'every policy is called insecure whose name does not begin with one of two prefixes, those of TLS 1.3 too',
  'OPS.APIGW.1': 'looks at domain names that a REST API is mapped to',
  'CloudFront.13': 'asks whether the answer has the field of the access control, which AWS always gives',
  'CloudFront.15': 'knows three policies by name, and none that is newer',
};

export function reasonOf(control: string): string {
  return REASONS[control] ?? 'by its own definition';
}

/** What its answers call wrong, of what the compared controls ask. */
export function findingsOf(answers: readonly { accountId: string; answer: ServerAnswer }[]): Finding[] {
  return answers.flatMap(({ accountId, answer: { region, error, resource_details = [] } }) => {
    if (error !== undefined) throw new Error(error);
    return resource_details.flatMap(({ type, id, name, issues }) =>
      issues.flatMap((issue) =>
        ISSUES.filter(([of, words]) => of === type && words.test(issue)).map(([, , controls]) => ({
          controls,
          accountId,
          region,
          resource: id ?? name ?? '',
        })),
      ),
    );
  });
}
