import { Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { type ServingOptions, serving } from './gateway.ts';
import { mcpServer } from './mcp-server.ts';
import { erasOf, PROTOCOL_VERSIONS } from './protocol-versions.ts';

export interface StdioGateway {
  /** Resolves when the client has closed its end, or after `stop`. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Serves the same tools, with the Gateway's names, checks and answers, over this process's stdin and stdout, for desktop
 * clients. From then on stdout carries the protocol and nothing else: what other code writes there goes to stderr.
 * Throws on an unknown entry of `supportedVersions`.
 */
export function startStdio(options: ServingOptions = {}): StdioGateway {
  const settings = serving(options);
  const eras = erasOf(options.supportedVersions);
  const stdout = claimStdout();
  const transport = new StdioServerTransport(process.stdin, stdout.protocol);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const server = ({ era }: { era: 'legacy' | 'modern' }) =>
    mcpServer(settings, era === 'modern' ? [PROTOCOL_VERSIONS[0]] : eras.legacy);
  const stop = eras.modern
    ? serveBoth(server, transport, eras.legacy.length > 0)
    : serveLegacy(server({ era: 'legacy' }), transport);
  process.stdin.once('close', resolve).once('end', resolve);
  return {
    closed,
    stop: async () => {
      await stop();
      stdout.release();
      resolve();
    },
  };
}

type Factory = Parameters<typeof serveStdio>[0];

function serveBoth(server: Factory, transport: StdioServerTransport, legacy: boolean): () => Promise<void> {
  const handle = serveStdio(server, { transport, legacy: legacy ? 'serve' : 'reject', onerror });
  return () => handle.close();
}

/** The library's own entry cannot be without 2026-07-28. */
function serveLegacy(server: ReturnType<typeof mcpServer>, transport: StdioServerTransport): () => Promise<void> {
  server.onerror = onerror;
  server.connect(transport).catch(onerror);
  return () => server.close();
}

function onerror(error: Error): void {
  process.stderr.write(`stdio: ${error.message}\n`);
}

function claimStdout(): { protocol: Writable; release: () => void } {
  const { write } = process.stdout;
  const protocol = new Writable({
    write: (chunk: Buffer, encoding, done) => void write.call(process.stdout, chunk, encoding, done),
  });
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write;
  return {
    protocol,
    release: () => {
      process.stdout.write = write;
    },
  };
}
