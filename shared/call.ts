import type { Tool } from '../schemas/define-tool.ts';
import type { Configuration } from './config.ts';
import type { Audit } from './logger.ts';

/** The account and Region that one request to AWS is about. */
export interface Cell {
  readonly account: string;
  readonly region: string;
}

/** Who the function itself is, read from its ARN: no call is needed for that. */
export interface FunctionIdentity {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** What is the same for a whole call of a tool. */
export interface Call {
  readonly tool: Tool;
  readonly requestId: string;
  readonly configuration: Configuration;
  readonly self: FunctionIdentity;
  /** Aborted at the deadline; every request to AWS carries it. */
  readonly signal: AbortSignal;
  /** What the Gateway says that it called: `<target>___<tool>`; absent in a call without a gateway. */
  readonly visibleName?: string | undefined;
  readonly audit: Audit;
  /** Sessions refused during this call: the Regions of an account share one refusal. */
  readonly refusals: Map<string, unknown>;
}
