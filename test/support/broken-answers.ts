import type { ServerResponse } from 'node:http';
import type { Call, WireAnswer } from '../../scripts/local/simulator/call.ts';
import { whenQuiet } from './when-quiet.ts';

/** How far a signature's time may be from a service's own clock. */
const MOST_SKEW_MS = 5 * 60_000;

/** Where late bodies wait for the heads of all answers that can be under way at once. */
const allHeads = whenQuiet();

/** Gives `whole` broken as the fault says; false when the fault is none of these. */
export function brokenAnswer(response: ServerResponse, whole: WireAnswer, fault: string): boolean {
  const { status, headers, body } = whole;
  const half = body.subarray(0, body.length / 2);
  switch (fault) {
    case 'half a body':
      response.writeHead(status, { ...headers, 'content-length': body.length });
      response.write(half);
      setTimeout(() => response.socket?.destroy(), 20);
      return true;
    case 'half a document':
      response.writeHead(status, headers).end(half);
      return true;
    case 'late body':
      response.writeHead(status, headers).flushHeaders();
      void allHeads().then(() => response.end(body));
      return true;
    case 'slow drip':
      drip(response.writeHead(status, headers), body);
      return true;
    case 'empty token':
    case 'same token': {
      const token = `<nextToken>${fault === 'same token' ? '0' : ''}</nextToken>`;
      response
        .writeHead(status, headers)
        .end(body.toString().replace('</reservationSet>', `</reservationSet>${token}`));
      return true;
    }
    default:
      return false;
  }
}

/** A byte each 100 ms, as long as somebody reads. */
function drip(response: ServerResponse, body: Buffer): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, ++sent));
    if (sent >= body.length) response.end();
  }, 100);
  response.on('close', () => clearInterval(timer));
}

/** Whether a service whose clock is so far ahead of ours would refuse the time of this signature. */
export function isSkewed({ request }: Call, clockAhead: number): boolean {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? [];
  const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Math.abs(signed - (Date.now() + clockAhead)) > MOST_SKEW_MS;
}
