import { NormalizedSchema } from '@smithy/core/schema';

/** Marks every text that a planted answer of AWS holds; the path behind it says where it was planted. */
export const CANARY = 'CANARY';

/** Tokens would make every list endless. */
const PAGE_TOKEN = /token$|marker$/i;
/** A full list of failures would leave nothing to give. */
const FAILURES = /^(failures|errors)$/i;
const MAX_DEPTH = 12;

interface SdkCommand {
  /** The operation's schema: [9, namespace, name, traits, input, output]. */
  readonly schema: readonly [number, string, string, unknown, unknown, unknown];
}

/** The operation of an SDK command, e.g. `DescribeInstances`. */
export function operationNameOf(command: SdkCommand): string {
  return command.schema[2];
}

/** A full answer in the SDK's own shape: every field is there, every text is a canary that names its place. */
export function plantedOutput(command: SdkCommand): { output: Record<string, unknown>; planted: string[] } {
  const planted: string[] = [];
  const operation = operationNameOf(command);
  const output = plant(NormalizedSchema.of(command.schema[5] as never), operation, planted, 0) as Record<
    string,
    unknown
  >;
  return { output: { ...output, $metadata: { requestId: 'request', httpStatusCode: 200 } }, planted };
}

function plant(schema: NormalizedSchema, path: string, planted: string[], depth: number): unknown {
  if (depth > MAX_DEPTH) return undefined;
  if (schema.isStructSchema()) {
    const value: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      if (!PAGE_TOKEN.test(name) && !FAILURES.test(name))
        value[name] = plant(member, `${path}.${name}`, planted, depth + 1);
    }
    return value;
  }
  if (schema.isListSchema()) {
    const value = plant(schema.getValueSchema(), `${path}[]`, planted, depth + 1);
    return value === undefined ? [] : [value];
  }
  if (schema.isMapSchema()) {
    const key = `${CANARY}:${path}{key}`;
    planted.push(key);
    return { [key]: plant(schema.getValueSchema(), `${path}{}`, planted, depth + 1) };
  }
  if (schema.isTimestampSchema()) return new Date('2026-11-02T08:00:00Z');
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return 7;
  if (schema.isBlobSchema()) return Buffer.from(`${CANARY}:${path}`);
  const canary = `${CANARY}:${path}`;
  planted.push(canary);
  return canary;
}
