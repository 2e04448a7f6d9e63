import { type FetchLike, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Call } from '../call.ts';
import type { Identity } from './bridge-handler.ts';
import { MAX_ANSWER_BYTES, type Opening, signalOfCall } from './connection.ts';
import { regionOfAwsMcp, signingFetch } from './signing-fetch.ts';

/** The server may keep what it holds for a session until it expires; nobody waits longer to spare it that. */
const GOODBYE_MS = 1_000;

/** The way to the AWS MCP Server, signed as an identity; nothing is sent yet. */
export function openHttp(url: URL, { credentials }: Identity, call: Call): Opening {
  const region = regionOfAwsMcp(url) ?? call.self.region;
  const signed = signingFetch({ credentials, region, service: 'aws-mcp' });
  let tooLarge = false;
  const fetch: FetchLike = async (input, init) => {
    const signals = [init?.signal, signalOfCall.getStore()].filter((signal) => signal != null);
    const answer = await signed(input, { ...init, signal: AbortSignal.any(signals) });
    return bounded(answer, () => {
      tooLarge = true;
      // The client would wait for the rest, or ask for it again.
      transport.close().catch(() => {});
    });
  };
  const transport = new StreamableHTTPClientTransport(url, { fetch });
  return {
    transport,
    // The server is stateful in 2025-11-25; probing for a newer revision would cost a request on each cold start.
    mode: 'legacy',
    ended: () => (tooLarge ? 'too_large' : undefined),
    // Outside the signal of the call that closes it, which may be over.
    end: () => signalOfCall.run(AbortSignal.timeout(GOODBYE_MS), () => transport.terminateSession()).catch(() => {}),
  };
}

/** The same answer, whose body fails beyond MAX_ANSWER_BYTES, after `exceeded`. */
function bounded({ body, status, statusText, headers }: Response, exceeded: () => void): Response {
  let bytes = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes <= MAX_ANSWER_BYTES) return controller.enqueue(chunk);
      exceeded();
      controller.error(new RangeError(`An answer has more than ${MAX_ANSWER_BYTES} bytes.`));
    },
  });
  return new Response(body?.pipeThrough(counting) ?? null, { status, statusText, headers });
}
