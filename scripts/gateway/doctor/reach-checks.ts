import { type Check, fail, pass, unknown } from './facts.ts';

const SKEW_LIMIT_MS = 5 * 60_000;
const NAME_FAULTS = ['ENOTFOUND', 'EAI_AGAIN'];

/** Whether the gateway is there and answers at the address used. */
export const reachChecks: readonly Check[] = [
  {
    id: 'gateway-ready',
    title: 'The gateway is ready',
    judge({ observed }) {
      if (observed === undefined) return unknown('The control plane was not asked.');
      const { gateway } = observed;
      if (gateway === undefined) return fail('There is no gateway of this name.', 'Run npm run gateway -- apply.');
      if (gateway.status === 'READY') return pass('READY');
      const detail = [gateway.status, ...(gateway.statusReasons ?? [])].join(': ');
      return fail(detail, 'Mend what AWS names here, then run npm run gateway -- apply; CREATING needs seconds only.');
    },
  },
  {
    id: 'targets-ready',
    title: 'Every target is ready',
    judge({ observed }) {
      if (observed?.gateway === undefined) return unknown('There is no gateway.');
      const bad = observed.targets.filter(({ status }) => status !== 'READY');
      if (bad.length === 0) return pass(`${observed.targets.length} targets`);
      const detail = bad.map(({ name, status, statusReasons = [] }) =>
        [`${name} ${status}`, ...statusReasons].join(': '),
      );
      return fail(detail.join('; '), 'Mend what AWS names here, then run npm run gateway -- apply.');
    },
  },
  {
    id: 'gateway-answers',
    title: 'The gateway answers',
    judge({ probe, observed }) {
      if (probe === undefined) return unknown('No request was sent.');
      if (probe.fault !== undefined) {
        const named = NAME_FAULTS.some((code) => probe.fault?.includes(code));
        const fresh =
          observed?.gateway?.status === 'READY' ? 'A new gateway needs up to 90 s of DNS: wait and repeat. ' : '';
        return fail(
          `${probe.url}: ${probe.fault}`,
          named
            ? `${fresh}Otherwise check the host in the address.`
            : `${fresh}Check network, proxy and firewall for port 443.`,
        );
      }
      if ((probe.status ?? 0) >= 500) {
        return fail(
          `HTTP ${probe.status}`,
          'READY and not answering: wait 90 s and repeat; if it lasts, destroy and apply.',
        );
      }
      return pass(`HTTP ${probe.status}`);
    },
  },
  {
    id: 'gateway-address',
    title: 'The address is the one of the MCP endpoint',
    judge({ probe, observed }) {
      if (probe === undefined) return unknown('No request was sent.');
      const right = observed?.gateway?.gatewayUrl;
      const { pathname } = new URL(probe.url);
      if (!pathname.endsWith('/mcp')) {
        return fail(`${probe.url} does not end in /mcp`, `Use ${right ?? `${probe.url.replace(/\/+$/, '')}/mcp`}.`);
      }
      if (probe.status === 404) {
        return fail(
          `HTTP 404 at ${probe.url}`,
          `Use the address that AWS gives: ${right ?? 'npm run gateway -- status'}.`,
        );
      }
      return pass(probe.url);
    },
  },
  {
    id: 'clock',
    title: "This machine's clock is right",
    judge({ clock }) {
      if (clock === undefined) return unknown('No answer carried a time.');
      const off = Math.round((clock.local.getTime() - clock.server.getTime()) / 1_000);
      if (Math.abs(off) * 1_000 < SKEW_LIMIT_MS) return pass(`${Math.abs(off)} s off`);
      const detail = `${Math.abs(off)} s ${off > 0 ? 'ahead' : 'behind'}; AWS refuses signatures that are 300 s off`;
      return fail(detail, 'Set the clock by NTP: timedatectl set-ntp true, or w32tm /resync.');
    },
  },
];
