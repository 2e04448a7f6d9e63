import * as z from 'zod';

export const TOOLSETS = [
  'accounts',
  'compute',
  'network',
  'storage',
  'database',
  'containers',
  'monitoring',
  'security',
  'bridge',
] as const;

export type Toolset = (typeof TOOLSETS)[number];

/** One cell that could not be read, or several with the same fault joined by commas. */
export const failure = z.strictObject({
  account_id: z.string(),
  region: z.string(),
  code: z.string(),
  message: z.string(),
});

export type Failure = z.output<typeof failure>;

/** What every answer may carry beside its data. */
const envelope = {
  complete: z.boolean().optional(),
  failures: z.array(failure).optional(),
  next_token: z.string().optional(),
};

interface AnswerEnvelope {
  account_id: string;
  region: string;
  complete?: boolean | undefined;
  failures?: Failure[] | undefined;
  next_token?: string | undefined;
}

type Shape = Readonly<Record<string, z.ZodType>>;
type ItemOf<S extends Shape> = { [K in keyof S]?: z.output<S[K]> | undefined };
type WithCell<I> = I & { AccountId?: string | undefined; Region?: string | undefined };

export type ListAnswer<One extends string, Many extends string, Item> = AnswerEnvelope &
  Record<`${One}_count`, number> &
  Record<Many, WithCell<Item>[]>;

/** `answer` is the shape of the whole result; `item` is the allow-list of fields that may leave. */
export interface ListOutput<Answer = unknown, Item = unknown> {
  readonly kind: 'list';
  readonly one: string;
  readonly many: string;
  readonly item: z.ZodObject;
  /** Fields given when `fields` is absent. */
  readonly defaultFields: readonly string[];
  readonly answer: z.ZodType<Answer>;
  readonly types?: { answer: Answer; item: Item };
}

export interface ObjectOutput<Answer = unknown, Item = unknown> extends Omit<ListOutput<Answer, Item>, 'kind'> {
  readonly kind: 'object';
}

/** A result with a shape of its own. */
export interface FreeOutput<Answer = unknown> {
  readonly kind: 'free';
  readonly answer: z.ZodType<Answer>;
}

export type Output = ListOutput | ObjectOutput | FreeOutput;

function itemSchema(shape: Shape) {
  return z.strictObject({
    AccountId: z.string().optional(),
    Region: z.string().optional(),
    ...Object.fromEntries(Object.entries(shape).map(([key, type]) => [key, type.optional()])),
    Truncated: z.array(z.string()).optional(),
  });
}

/**
 * A list answer: `{account_id, region, <one>_count, <many>: [...], complete?, failures?, next_token?}`.
 * `shape` holds the default fields of an item, `onRequest` those given only when `fields` names them.
 */
export function listOf<
  One extends string,
  Many extends string,
  S extends Shape,
  R extends Shape = Record<never, never>,
>(one: One, many: Many, shape: S, onRequest?: R): ListOutput<ListAnswer<One, Many, ItemOf<S & R>>, ItemOf<S & R>> {
  const item = itemSchema({ ...shape, ...onRequest });
  const answer = z.strictObject({
    account_id: z.string(),
    region: z.string(),
    [`${one}_count`]: z.int(),
    [many]: z.array(item),
    ...envelope,
  });
  return {
    kind: 'list',
    one,
    many,
    item,
    defaultFields: Object.keys(shape),
    answer: answer as unknown as z.ZodType<ListAnswer<One, Many, ItemOf<S & R>>>,
  };
}

/**
 * One object per account and Region: `{account_id, region, <one>: {...}}` for a single cell,
 * and the list answer for several.
 */
export function objectOf<One extends string, Many extends string, S extends Shape>(
  one: One,
  many: Many,
  shape: S,
): ObjectOutput<(AnswerEnvelope & Record<One, WithCell<ItemOf<S>>>) | ListAnswer<One, Many, ItemOf<S>>, ItemOf<S>> {
  const list = listOf(one, many, shape);
  const single = z.strictObject({ account_id: z.string(), region: z.string(), [one]: list.item, ...envelope });
  return {
    ...list,
    kind: 'object',
    answer: z.union([single, list.answer]) as unknown as z.ZodType<
      (AnswerEnvelope & Record<One, WithCell<ItemOf<S>>>) | ListAnswer<One, Many, ItemOf<S>>
    >,
  };
}

/** A result whose shape is the tool's own. */
export function answerOf<S extends Shape>(shape: S): FreeOutput<z.output<z.ZodObject<S>>> {
  return { kind: 'free', answer: z.strictObject(shape) as unknown as z.ZodType<z.output<z.ZodObject<S>>> };
}

/** What a bridge answers, whatever the server behind it: its result is data that strangers wrote. */
export const bridgeAnswer = answerOf({
  server: z.string(),
  tool: z.string(),
  account_id: z.string().optional(),
  /** The tool itself said that it failed; `result` says how. */
  is_error: z.literal(true).optional(),
  result: z.unknown(),
});

export type AnswerOf<O extends Output> = O extends { answer: z.ZodType<infer A> } ? A : never;
export type ItemTypeOf<O extends Output> = O extends ListOutput<unknown, infer I> | ObjectOutput<unknown, infer I>
  ? I
  : never;

/** A tool as data. The keys stand in this order in every declaration. */
export interface Tool<Input extends z.ZodObject = z.ZodObject, Out extends Output = Output> {
  /** The name that models see; file, Lambda and Gateway target are its kebab-case. */
  readonly name: string;
  readonly toolset: Toolset;
  readonly description: string;
  readonly input: Input;
  readonly output: Out;
  /** IAM actions in the member account: the session policy, and the tool's share of the member role. */
  readonly iam: readonly string[];
  /** IAM actions of the function's own role: Organizations reads, our own functions, the context store. */
  readonly ownIam?: readonly string[];
  /** Memory of the function, and with it its share of CPU. Default: 512. */
  readonly memoryMb?: number;
  /** When Lambda stops the function. Default: 60. */
  readonly timeoutSeconds?: number;
  /** The documented call: sample event, docs row and the tool's first test. */
  readonly example: { readonly input: z.input<Input>; readonly output: AnswerOf<Out> };
}

/** Fixes a declaration's types; it changes nothing. */
export function defineTool<Input extends z.ZodObject, Out extends Output>(tool: Tool<Input, Out>): Tool<Input, Out> {
  return tool;
}

/** `describe_ec2_instances` and `CheckNetworkSecurity` become `describe-ec2-instances` and `check-network-security`. */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}
