import { Agent, request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import type { Call, WireAnswer, WireRequest } from './call.ts';
import { AwsError, errorAnswer } from './wire.ts';

/** Sends requests on to moto. */
export type Upstream = { send(request: WireRequest): Promise<WireAnswer>; close(): void };

const hopByHop = ['connection', 'keep-alive', 'transfer-encoding', 'expect', 'upgrade', 'te', 'trailer'];

/** Opens the way to moto; the Host header goes through, because moto finds S3 Control accounts in it. */
export function openUpstream(target: string): Upstream {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(target);
  return {
    send: ({ method, url, headers, body }) =>
      new Promise((resolve, reject) => {
        const sent: OutgoingHttpHeaders = { ...headers, 'content-length': String(body.length) };
        for (const name of hopByHop) delete sent[name];
        const outgoing = httpRequest({ hostname, port, agent, method, path: url, headers: sent }, (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const received = Object.entries(incoming.headers).filter(([name]) => !hopByHop.includes(name));
            const answerHeaders = Object.fromEntries(received.map(([name, value]) => [name, String(value)]));
            resolve({ status: incoming.statusCode ?? 502, headers: answerHeaders, body: Buffer.concat(chunks) });
          });
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/**
 * Turns moto's ways of saying "I cannot" into errors that are seen: an HTML page, or S3's listing of a bucket in answer
 * to a sub-resource that moto does not know, becomes SimulatorNotImplemented; XML denials on JSON services become JSON.
 */
export function correctAnswer(call: Call, answer: WireAnswer): WireAnswer {
  const { service, operation } = call;
  const start = answer.body.subarray(0, 400).toString();
  const isHtml = answer.status >= 400 && /^\s*<(!doctype html|html)/i.test(start);
  const isFalseListing =
    service.name === 's3' && start.includes('<ListBucketResult') && !operation.startsWith('ListObjects');
  if (isHtml || isFalseListing) return errorAnswer(call, notImplemented(call, answer.status));
  const isJson = service.protocol === 'json' || service.protocol === 'rest-json';
  if (answer.status >= 400 && isJson && /^\s*</.test(start)) {
    const [code, message] = [xmlTag(answer, 'Code') ?? 'AccessDenied', xmlTag(answer, 'Message') ?? ''];
    const name = code === 'AccessDenied' ? 'AccessDeniedException' : code;
    return errorAnswer(call, new AwsError(name, message, answer.status));
  }
  return answer;
}

/** The error code in an answer; undefined when the answer is none, or not readable. */
export function errorCodeOf(answer: WireAnswer): string | undefined {
  if (answer.status < 400) return undefined;
  const type =
    answer.headers['x-amzn-errortype'] ?? /"(?:__type|code)"\s*:\s*"([^"]+)"/.exec(answer.body.toString())?.[1];
  return type?.split('#').at(-1)?.split(':')[0] ?? xmlTag(answer, 'Code');
}

function notImplemented({ service, operation, request }: Call, status: number): AwsError {
  const what = `${service.name} ${operation} (${request.method} ${request.url.split('?')[0]})`;
  const message = `moto has no ${what}, or failed on this input (HTTP ${status}). Add a stub for it.`;
  return new AwsError('SimulatorNotImplemented', message, 501);
}

function xmlTag(answer: WireAnswer, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(answer.body.toString())?.[1];
}
