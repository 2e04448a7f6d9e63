import type { DesiredTarget } from '../desired.ts';
import type { Observed, Plan } from '../plan.ts';

/** One plain request to the gateway: tools/list, with the caller's proof. */
export interface Probe {
  readonly url: string;
  /** Absent when no answer came. */
  readonly status?: number;
  /** Why no answer came: the system's code or words, e.g. ENOTFOUND. */
  readonly fault?: string;
  readonly wwwAuthenticate?: string;
  readonly body?: string;
}

export interface TokenFact {
  readonly endpoint?: string;
  /** Claims of the token that was sent. */
  readonly claims?: {
    readonly exp?: number;
    readonly scope?: string;
    readonly client_id?: string;
    readonly aud?: unknown;
  };
  /** Why there is none. */
  readonly fault?: string;
}

export interface FunctionFact {
  readonly arn: string;
  readonly lastModified?: Date;
  /** SHA-256 of the deployed package, in base64. */
  readonly codeSha256?: string;
}

/** What the tool list_accounts says of one account. */
export interface AccountFact {
  readonly Id?: string;
  readonly reachable?: boolean;
  readonly reason?: string;
}

/** All that the checks judge; each field is absent where it could not be known. */
export interface Facts {
  readonly region: string;
  readonly now: Date;
  readonly observed?: Observed;
  readonly plan?: Plan;
  readonly desiredTargets?: readonly DesiredTarget[];
  readonly authorizer?: string;
  readonly probe?: Probe;
  readonly token?: TokenFact;
  /** Visible names that tools/list gives. */
  readonly served?: readonly string[];
  /** The text of the first tool result with isError. */
  readonly toolError?: string;
  /** By function name. */
  readonly functions?: ReadonlyMap<string, FunctionFact>;
  /** SHA-256 in base64 of the packages in dist/, by function name. */
  readonly packages?: ReadonlyMap<string, string>;
  /** Last commit that touched what the functions are built from. */
  readonly sourceChangedAt?: Date;
  readonly accounts?: readonly AccountFact[];
  /** The Date header of an answer, and the local time when it came. */
  readonly clock?: { readonly server: Date; readonly local: Date };
}

/** `unknown`: it could not be looked at. `skip`: it does not apply here. */
export interface Finding {
  readonly state: 'pass' | 'fail' | 'unknown' | 'skip';
  readonly detail: string;
  readonly fix?: string;
}

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly judge: (facts: Facts) => Finding;
}

export function pass(detail: string): Finding {
  return { state: 'pass', detail };
}

export function fail(detail: string, fix: string): Finding {
  return { state: 'fail', detail, fix };
}

export function unknown(detail: string): Finding {
  return { state: 'unknown', detail };
}

export function skip(detail: string): Finding {
  return { state: 'skip', detail };
}
