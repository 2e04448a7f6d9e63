import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { headerValues, type RawRequest } from './http.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigV4Rules {
  readonly service: string;
  readonly regions: readonly string[];
  readonly keys: readonly AccessKey[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why a request is refused: AWS's name for it and a text that tells nothing of the secret. */
export interface Refused {
  readonly type: string;
  readonly message: string;
}

/** AWS allows a signature to be this old or this early. */
const MAX_SKEW_MS = 5 * 60_000;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=(\w{1,128})\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, *SignedHeaders=([^\s,]+), *Signature=([0-9a-f]{64})$/;
const TIMESTAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/**
 * Checks a Signature Version 4 in the Authorization header, on the request as it came over the wire. Answers which key
 * signed it, or why not. Stricter than AWS in this: every x-amz-* header must be signed, and only X-Amz-Date gives the time.
 */
export function verifySigV4(request: RawRequest, rules: SigV4Rules): AccessKey | Refused {
  const authorizations = headerValues(request, 'authorization');
  if (authorizations.length === 0)
    return refused('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const parts = authorizations.length === 1 ? AUTHORIZATION.exec(authorizations[0] ?? '') : null;
  if (parts === null) return incomplete('The Authorization header is not one of AWS4-HMAC-SHA256.');
  const [, accessKeyId = '', date = '', region = '', service = '', names = '', signature = ''] = parts;
  const [timestamp = '', ...more] = headerValues(request, 'x-amz-date');
  const time = Date.parse(timestamp.replace(TIMESTAMP, '$1-$2-$3T$4:$5:$6Z'));
  if (!TIMESTAMP.test(timestamp) || Number.isNaN(time) || more.length > 0) {
    return incomplete('One X-Amz-Date in the form YYYYMMDDTHHMMSSZ is needed.');
  }
  if (!timestamp.startsWith(date)) return mismatch('The date of the credential scope is not the date of X-Amz-Date.');
  if (Math.abs(rules.now - time) > MAX_SKEW_MS) return mismatch(`Signature expired or not yet valid: ${timestamp}`);
  if (service !== rules.service) return mismatch(`Credential should be scoped to service: ${rules.service}.`);
  if (!rules.regions.includes(region)) return mismatch(`Credential should be scoped to: ${rules.regions.join(', ')}.`);
  const signed = names.split(';');
  const needed = ['host', ...request.headers.map(([name]) => name).filter((name) => name.startsWith('x-amz-'))];
  const missing = needed.filter((name) => !signed.includes(name));
  if (missing.length > 0) return mismatch(`Headers must be signed: ${[...new Set(missing)].join(', ')}.`);
  const hash = sha256(request.body);
  if (headerValues(request, 'x-amz-content-sha256').some((each) => each !== hash)) {
    return mismatch('X-Amz-Content-Sha256 is not the hash of the body.');
  }
  const canonical = canonicalRequest(request, signed, hash);
  if (canonical === undefined) return incomplete('Signed headers must be present and sorted, the query well encoded.');
  const key = rules.keys.find((each) => each.accessKeyId === accessKeyId);
  const scope = `${date}/${region}/${service}/aws4_request`;
  // Computed for unknown keys as well, so that the time taken does not tell which exist.
  const expected = sign(
    key?.secretAccessKey ?? '',
    scope,
    `AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`,
  );
  const token = headerValues(request, 'x-amz-security-token').join();
  const tokenMatches = timingSafeEqual(digest(token), digest(key?.sessionToken ?? ''));
  if (key === undefined || !tokenMatches) {
    return refused('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
    ? key
    : mismatch('The request signature we calculated does not match the signature you provided.');
}

function canonicalRequest(request: RawRequest, signed: readonly string[], hash: string): string | undefined {
  if (signed.some((name, index) => name <= (signed[index - 1] ?? ''))) return undefined;
  const [path = '', query = ''] = split(request.target, '?');
  const headers: string[] = [];
  for (const name of signed) {
    const values = headerValues(request, name);
    if (values.length === 0) return undefined;
    headers.push(`${name}:${values.map((value) => value.trim().replace(/\s+/g, ' ')).join()}\n`);
  }
  const canonicalQuery = canonicalizeQuery(query);
  if (canonicalQuery === undefined) return undefined;
  return [request.method, canonicalPath(path), canonicalQuery, headers.join(''), signed.join(';'), hash].join('\n');
}

/** The path comes encoded over the wire and is encoded once more: all services but S3 do so. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  return segments.length === 0 ? '/' : `/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

function canonicalizeQuery(query: string): string | undefined {
  try {
    const pairs = query.split('&').filter((pair) => pair !== '');
    const encoded = pairs.map((pair) => split(pair, '=').map((part) => encode(decodeURIComponent(part))));
    const byKeyThenValue = ([a = '', x = '']: string[], [b = '', y = '']: string[]) => compare(a, b) || compare(x, y);
    return encoded
      .sort(byKeyThenValue)
      .map(([key, value = '']) => `${key}=${value}`)
      .join('&');
  } catch {
    return undefined;
  }
}

function split(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sign(secret: string, scope: string, text: string): Buffer {
  const key = scope.split('/').reduce<string | Buffer>((outer, part) => hmac(outer, part), `AWS4${secret}`);
  return hmac(key, text);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function digest(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

function sha256(data: string | Buffer): string {
  return digest(data).toString('hex');
}

function refused(type: string, message: string): Refused {
  return { type, message };
}

function incomplete(message: string): Refused {
  return refused('IncompleteSignatureException', message);
}

function mismatch(message: string): Refused {
  return refused('InvalidSignatureException', message);
}
