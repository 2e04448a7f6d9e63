import type { WireAnswer } from './call.ts';
import type { MotoAccountConfig } from './moto-account.ts';

/** What a stub knows about the call it answers. */
export type StubRequest<Input = Record<string, unknown>> = {
  account: string;
  region: string;
  service: string;
  operation: string;
  roleArn?: string;
  /** JSON and REST services: the SDK's input. Query services: the form by its wire names, all values strings. */
  input: Input;
  /** SDK client configuration for moto in the caller's account and Region. */
  moto: MotoAccountConfig;
};

/**
 * Answers an operation in moto's place: returns an output object in the SDK's own shape, throws AwsError for an error of
 * AWS, or returns `rawAnswer(...)`.
 */
// biome-ignore lint/suspicious/noExplicitAny: each stub names the input type of its own operation.
export type Stub = (request: StubRequest<any>) => object | Promise<object>;

/** Stubs by service and operation. */
export type Stubs = Record<string, Record<string, Stub>>;

/** An answer that goes to the wire as it is. */
export class RawAnswer {
  readonly answer: WireAnswer;
  constructor(answer: WireAnswer) {
    this.answer = answer;
  }
}

/** Gives a stub's answer as raw HTTP, for shapes that no client of the project describes. */
export function rawAnswer(answer: { status: number; headers?: Record<string, string>; body: string }): RawAnswer {
  return new RawAnswer({ headers: {}, ...answer, body: Buffer.from(answer.body) });
}
