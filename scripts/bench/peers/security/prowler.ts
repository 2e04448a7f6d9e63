import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { peerVenv } from '../install.ts';
import type { PeerWorld } from '../types.ts';
import { comparedControls } from './controls.ts';
import type { Finding } from './judge.ts';

const VERSION = '5.46.0';
export const PROWLER = `Prowler ${VERSION}`;

const CHECKS = [...new Set(comparedControls.flatMap(({ prowler }) => prowler))];

/** A finding of Prowler's JSON-OCSF report, as far as it is read. */
export interface OcsfFinding {
  readonly status_code: string;
  readonly metadata: { readonly event_code: string };
  readonly cloud: { readonly account: { readonly uid: string } };
  readonly resources: readonly { readonly uid: string; readonly name: string; readonly region: string }[];
}

/** Scans one account, in these Regions and for the compared controls, and gives its report. */
export type Scan = (
  environment: Readonly<Record<string, string>>,
  regions: readonly string[],
  roots: Set<number>,
) => Promise<OcsfFinding[]>;

export async function installProwler(): Promise<Scan> {
  const venv = await peerVenv('prowler', [`prowler==${VERSION}`]);
  return async (environment, regions, roots) => {
    const folder = await mkdtemp(join(environment.HOME ?? '', 'prowler-'));
    const child = spawn(
      venv.program('prowler'),
      [
        'aws',
        ...['--checks', ...CHECKS],
        ...['--region', ...regions],
        '--scan-unused-services',
        ...['--output-formats', 'json-ocsf', '--output-directory', folder, '--output-filename', 'report'],
        ...['--no-banner', '--no-color', '--log-level', 'CRITICAL', '--ignore-exit-code-3'],
      ],
      // The account's number in front of the host name would lead S3 Control away from the simulator.
      {
        env: { ...environment, AWS_DISABLE_HOST_PREFIX_INJECTION: 'true' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    if (child.pid !== undefined) roots.add(child.pid);
    const [[code], output, errors] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
    if (code !== 0)
      throw new Error((errors.trim() || output.trim()).split('\n').at(-1) || `Prowler ended with ${code}`);
    const report = await readFile(join(folder, 'report.ocsf.json'), 'utf8');
    await rm(folder, { recursive: true });
    return JSON.parse(report) as OcsfFinding[];
  };
}

/** Every account of the organization that can be entered, one process after another. */
export async function scanAll(scan: Scan, world: PeerWorld, roots: Set<number>): Promise<OcsfFinding[]> {
  const { accounts, regions } = world.demo.estate;
  const findings: OcsfFinding[] = [];
  for (const { id, name } of accounts.filter(({ reachable }) => reachable)) {
    process.stderr.write(`  Prowler scans ${name}\n`);
    findings.push(...(await scan(await world.environmentOf(id), regions, roots)));
  }
  return findings;
}

/** What fails, with the controls that Prowler's check is asked for. */
export function findingsOf(report: readonly OcsfFinding[]): Finding[] {
  return report
    .filter(({ status_code }) => status_code === 'FAIL')
    .flatMap(({ metadata, cloud, resources }) =>
      resources.map(({ uid, name, region }) => ({
        controls: comparedControls.filter(({ prowler }) => prowler.includes(metadata.event_code)).map(({ id }) => id),
        accountId: cloud.account.uid,
        region,
        resource: resourceOf(metadata.event_code, uid, name),
      })),
    );
}

/** The resource as the truth names it. Prowler's own name is the best word for most. */
function resourceOf(check: string, uid: string, name: string): string {
  const [, restApi, stage] = /\/restapis\/([^/]+)\/stages\/([^/]+)$/.exec(uid) ?? [];
  if (restApi !== undefined) return `${restApi}/${stage}`;
  const httpApi = /apis\/([^/]+)$/.exec(uid)?.[1];
  // Its name is that of the API and of the stage: `webhooks-test`.
  if (check === 'apigatewayv2_api_access_logging_enabled') return `${httpApi}/${name.split('-').at(-1)}`;
  return httpApi ?? name;
}
