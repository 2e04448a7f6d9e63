import type { Call, WireAnswer } from './call.ts';
import { type Codec, clientModel, members, type OperationSchema, type Schema } from './operations.ts';
import { services, type WireProtocol } from './services.ts';

// The true one is in the answer's header, which is where the SDK reads it.
const requestId = '00000000-0000-4000-8000-000000000000';

/** An error that AWS would answer: its code, its message, its HTTP status. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/** Writes an error in the shape of the call's protocol, so that the SDK gives it its `name`. */
export function errorAnswer(call: Call, { code, message, status }: AwsError): WireAnswer {
  const { protocol } = call.service;
  if (protocol === 'json' || protocol === 'rest-json') {
    const body = Buffer.from(JSON.stringify({ __type: code, message }));
    return { status, headers: { ...jsonHeaders(protocol), 'x-amzn-errortype': code }, body };
  }
  const error = `<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`;
  const id = `<RequestId>${requestId}</RequestId>`;
  const document = {
    ec2: `<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`,
    query: `<ErrorResponse>${error}${id}</ErrorResponse>`,
    'rest-xml': `<ErrorResponse>${error}${id}</ErrorResponse>`,
    s3: error.replace('</Error>', `${id}</Error>`),
  }[protocol];
  return xmlAnswer(document, status);
}

/**
 * Writes an output object of the SDK's own shape to the wire, with the SDK's own serialisers.
 *
 * @throws Error when the project has no client for the service: such a stub gives the raw answer instead.
 */
export function outputAnswer(call: Call, output: object): WireAnswer {
  const model = clientModel(call.service);
  const operation = model?.operations.get(call.operation);
  if (!model || !operation) throw new Error(`No schema for ${call.service.name} ${call.operation}.`);
  const { protocol } = call.service;
  if (protocol === 'ec2' || protocol === 'query') {
    return xmlAnswer(queryDocument(protocol, operation, output), 200);
  }
  return restAnswer(
    protocol,
    operation.output,
    output,
    protocol === 's3' || protocol === 'rest-xml' ? xmlCodec() : model.codec,
  );
}

function queryDocument(protocol: 'ec2' | 'query', { name, output: schema }: OperationSchema, output: object): string {
  const inner = Array.isArray(schema) ? withoutRoot(write(xmlCodec(), schema, output)) : '';
  const content =
    protocol === 'ec2'
      ? `<requestId>${requestId}</requestId>${inner}`
      : `<${name}Result>${inner}</${name}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${name}Response>${content}</${name}Response>`;
}

function restAnswer(protocol: WireProtocol, schema: Schema, output: object, codec: Codec | undefined): WireAnswer {
  const headers: Record<string, string> = protocol.endsWith('json') ? jsonHeaders(protocol) : xmlHeaders;
  const answer = { status: 200, headers: { ...headers }, body: Buffer.alloc(0) };
  const values = output as Record<string, unknown>;
  let payload: { schema: Schema; value: unknown } = { schema, value: output };
  for (const { name, traits, schema: type } of members(schema)) {
    if (traits.httpPayload) payload = { schema: type, value: values[name] };
    if (values[name] === undefined) continue;
    if (traits.httpHeader !== undefined) answer.headers[traits.httpHeader.toLowerCase()] = String(values[name]);
    if (traits.httpResponseCode) answer.status = Number(values[name]);
  }
  const { value } = payload;
  if (typeof value === 'string' || value instanceof Uint8Array) answer.body = Buffer.from(value);
  else if (value !== undefined && Array.isArray(payload.schema)) {
    answer.body = Buffer.from(write(codec, payload.schema, value));
  }
  return answer;
}

function write(codec: Codec | undefined, schema: Schema, value: unknown): string {
  const serializer = codec?.createSerializer();
  serializer?.write(schema, value);
  const written = serializer?.flush() ?? '';
  if (typeof written === 'string') return written;
  return Buffer.from(written.buffer, written.byteOffset, written.byteLength).toString('utf8');
}

// Query clients carry a reader for XML but no writer; S3's writer serves all of them.
function xmlCodec(): Codec | undefined {
  const s3 = services.find(({ name }) => name === 's3');
  return s3 && clientModel(s3)?.codec;
}

function withoutRoot(document: string): string {
  return document.replace(/^<[^>]*>/, '').replace(/<\/[^>]*>$/, '');
}

function xmlAnswer(document: string, status: number): WireAnswer {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${document}`);
  return { status, headers: { ...xmlHeaders }, body };
}

function jsonHeaders(protocol: WireProtocol): Record<string, string> {
  const type = protocol === 'json' ? 'application/x-amz-json-1.1' : 'application/json';
  return { 'content-type': type };
}

const xmlHeaders = { 'content-type': 'text/xml' };

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}
