import { createRequire } from 'node:module';
import type { Service } from './services.ts';

// The SDK clients export each operation's schema as data: [9, namespace, name, traits, input, output].
export type Schema = unknown;
export type OperationSchema = {
  name: string;
  input: Schema;
  output: Schema;
  /** HTTP method and URI template, of the REST protocols only. */
  http?: { method: string; uri: string };
};

/** What of a client package the proxy uses: its operations, and the codec that writes its shapes. */
export type ClientModel = { operations: Map<string, OperationSchema>; codec: Codec | undefined };

/** The SDK's own serialiser; it writes an output shape, and reads an input shape, as well as the other way round. */
export type Codec = {
  createSerializer(): { write(schema: Schema, value: unknown): void; flush(): string | Uint8Array };
  createDeserializer(): { read(schema: Schema, body: Uint8Array): unknown };
};

const load = createRequire(import.meta.url);
const models = new Map<string, ClientModel | undefined>();

/** Operations and shapes of a service, loaded on first use; undefined when the project has no client for it. */
export function clientModel(service: Service): ClientModel | undefined {
  if (!models.has(service.name)) models.set(service.name, service.client ? readModel(load(service.client)) : undefined);
  return models.get(service.name);
}

function readModel(client: Record<string, unknown>): ClientModel {
  const operations = new Map<string, OperationSchema>();
  for (const value of Object.values(client)) {
    if (!Array.isArray(value) || value[0] !== 9) continue;
    const [, , name, traits, input, output] = value;
    const http = traits?.http as [string, string] | undefined;
    operations.set(name, {
      name,
      input: deref(input),
      output: deref(output),
      ...(http ? { http: { method: http[0], uri: http[1] } } : {}),
    });
  }
  const Client = Object.entries(client).find(([name]) => name.endsWith('Client') && name !== '__Client')?.[1] as
    | (new (
        config: object,
      ) => { config: { protocol: { codec?: Codec } } })
    | undefined;
  return { operations, codec: Client && new Client({ region: 'us-east-1' }).config.protocol.codec };
}

/** Schemas refer to one another through functions, because they may be circular. */
export function deref(schema: Schema): Schema {
  return typeof schema === 'function' ? schema() : schema;
}

/** Members of a structure schema: name, schema and traits. */
export function members(schema: Schema): { name: string; schema: Schema; traits: Traits }[] {
  const structure = deref(schema);
  if (!Array.isArray(structure) || !Array.isArray(structure[4])) return [];
  return structure[4].map((name: string, index: number) => {
    const member = structure[5][index];
    // A member with traits is a pair of schema and traits.
    const [type, traits] = Array.isArray(member) && member.length === 2 ? member : [member, 0];
    return { name, schema: deref(type), traits: readTraits(traits) };
  });
}

export type Traits = { httpPayload: boolean; httpResponseCode: boolean; httpHeader?: string; httpQuery?: string };

// Traits without a value are packed into one number; bits as in the SDK's translateTraits.
function readTraits(traits: number | Record<string, unknown>): Traits {
  if (typeof traits === 'number') return { httpPayload: (traits & 16) !== 0, httpResponseCode: (traits & 32) !== 0 };
  return {
    httpPayload: Boolean(traits.httpPayload),
    httpResponseCode: Boolean(traits.httpResponseCode),
    ...(traits.httpHeader ? { httpHeader: String(traits.httpHeader) } : {}),
    ...(traits.httpQuery ? { httpQuery: String(traits.httpQuery) } : {}),
  };
}
