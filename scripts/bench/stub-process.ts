import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { type AwsStub, type StubSettings, type StubStats, startStub } from './aws-stub.ts';

/** The stub in a process of its own, so that its work is not charged to what is measured. */
export interface StubProcess {
  readonly http: string;
  readonly https: string;
  /** The certificate in PEM, for clients that are told whom to trust. */
  readonly certificate: string;
  /** Changes settings and starts the counts again. */
  configure(settings: Partial<StubSettings>): Promise<void>;
  stats(): Promise<StubStats>;
  stop(): Promise<void>;
}

/** Starts the stub with a certificate made for this run. It ends with its parent. */
export async function startStubProcess(): Promise<StubProcess> {
  const tls = await selfSigned();
  const child = fork(import.meta.filename, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(tls);
  const [{ http, https }] = (await once(child, 'message')) as [AwsStub];
  if (https === undefined) throw new Error('The stub serves no TLS.');
  return {
    http,
    https,
    certificate: tls.cert,
    configure: async (settings) => {
      await fetch(`${http}/settings`, { method: 'PUT', body: JSON.stringify(settings) });
    },
    stats: async () => (await (await fetch(`${http}/stats`)).json()) as StubStats,
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** A key and a certificate that vouches for itself, for one day, in PEM: for these names as OpenSSL writes them. */
export async function selfSigned(alternativeNames = 'IP:127.0.0.1'): Promise<{ key: string; cert: string }> {
  const request = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -keyout - -out - -batch';
  const names = ['-subj', '/CN=127.0.0.1', '-addext', `subjectAltName=${alternativeNames}`];
  const { stdout } = await promisify(execFile)('openssl', ['req', ...request.split(' '), ...names]);
  const [key, cert] = ['PRIVATE KEY', 'CERTIFICATE'].map(
    (kind) => new RegExp(`-----BEGIN ${kind}-----[^-]+-----END ${kind}-----`).exec(stdout)?.[0],
  );
  if (key === undefined || cert === undefined) throw new Error('openssl made no certificate for the benchmark.');
  return { key, cert };
}

if (import.meta.main) {
  const [tls] = (await once(process, 'message')) as [{ key: string; cert: string }];
  const { http, https } = await startStub(tls);
  process.send?.({ http, https });
  process.once('disconnect', () => process.exit());
}
