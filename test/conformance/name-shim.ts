import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { serveTools } from '../../scripts/local/gateway/served-tools.ts';
import type { Authenticate } from './credentials.ts';
import { fixedTools } from './fixed-tools.ts';

/** `test_simple_text` is served as `test-simple-text___test_simple_text`. */
const served = [...serveTools(fixedTools).values()];
const visibleNames = new Map(served.map(({ tool, visibleName }) => [tool.name, visibleName]));
const fixedNames = new Map(served.map(({ tool, visibleName }) => [visibleName, tool.name]));

/** Of one connection, or of a body that may change its length. */
const NOT_FORWARDED = new Set(['connection', 'keep-alive', 'content-length', 'transfer-encoding']);

/**
 * Stands before the gateway for the suite, which calls tools by fixed names and has no option for credentials. It exchanges
 * the names, adds the credentials, and passes everything else on as it is: a foreign Host, a wrong header, broken JSON.
 */
export async function startNameShim(gateway: { readonly port: number }, authenticate: Authenticate): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url: path = '/' } = incoming;
    const body = withVisibleName(await textOf(incoming));
    const headers = headersOf(incoming);
    const credentials = await authenticate({ method, path, headers, body });
    const length: [string, string][] = body === '' ? [] : [['content-length', String(Buffer.byteLength(body))]];
    const flat = [...headers, ...length, ...Object.entries(credentials)].flat();
    const forwarded = send({ host: '127.0.0.1', port: gateway.port, method, path, headers: flat }, async (answer) => {
      const text = withFixedNames(await textOf(answer));
      outgoing.writeHead(answer.statusCode ?? 502, headersOf(answer).flat()).end(text);
    });
    forwarded.on('error', () => outgoing.destroy()).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

/** As they came, in the case they came in. */
function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  return rawHeaders.flatMap((name, index): [string, string][] => {
    if (index % 2 === 1 || NOT_FORWARDED.has(name.toLowerCase())) return [];
    const value = rawHeaders[index + 1] ?? '';
    return [[name, name.toLowerCase() === 'mcp-name' ? (visibleNames.get(value) ?? value) : value]];
  });
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function withVisibleName(body: string): string {
  const message = parsed(body) as { params?: { name?: string } } | undefined;
  const name = visibleNames.get(message?.params?.name ?? '');
  return name === undefined ? body : JSON.stringify({ ...message, params: { ...message?.params, name } });
}

function withFixedNames(body: string): string {
  const message = parsed(body) as { result?: { tools?: { name: string }[] } } | undefined;
  if (message?.result?.tools === undefined) return body;
  const tools = message.result.tools.map((tool) => ({ ...tool, name: fixedNames.get(tool.name) ?? tool.name }));
  return JSON.stringify({ ...message, result: { ...message.result, tools } });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
