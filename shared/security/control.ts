import type { Severity } from '../../schemas/security-check.ts';
import type { ErrorCode } from '../errors.ts';

/** pass and fail; info: not applicable, or a choice that is no fault; unknown: could not tell. */
export type State = 'pass' | 'fail' | 'info' | 'unknown';

export interface Verdict {
  readonly state: State;
  /** A few words for the answer: ours, or a token of AWS's API. Never text that a stranger could write. */
  readonly reason: string;
}

export const pass = (reason: string): Verdict => ({ state: 'pass', reason });
export const fail = (reason: string): Verdict => ({ state: 'fail', reason });
export const info = (reason: string): Verdict => ({ state: 'info', reason });
export const unknown = (reason: string): Verdict => ({ state: 'unknown', reason });

/** What stands where a part of a resource could not be read. */
export class Unread {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    this.code = code;
  }
}

/** A value that took a call of its own. `null` in it means that AWS says: not set. */
export type Part<T> = T | Unread;

/** What controls judge. Readers add the fields of the API by AWS's own names. */
export interface Resource {
  /** As CloudFormation names it, e.g. AWS::EC2::Volume. */
  readonly type: string;
  readonly id: string;
  readonly arn?: string | undefined;
  /** Where it differs from the ID. */
  readonly name?: string | undefined;
}

/** The fields of a resource that a control decides by, known to be there. */
type Known<R, F extends keyof R> = { readonly [K in F]: Exclude<R[K], undefined | Unread> };

export interface ControlText {
  /** Of Security Hub where it has the control, else our own: OPS.<service>.<number>. */
  readonly id: string;
  /** What holds when the control passes. */
  readonly title: string;
  /** Security Hub's. INFORMATIONAL controls never fail: they say pass or info. */
  readonly severity: Severity;
  /** What to do when it fails, in one line. */
  readonly remediation: string;
  readonly url: string;
}

interface ControlRule<R extends Resource, F extends keyof R & string> extends ControlText {
  /** Narrows the type: other resources are not checked by this control at all. */
  readonly when?: (resource: R) => boolean;
  /** The fields that decide. Where one is missing or was not read, the verdict is unknown and `judge` is not asked. */
  readonly fields: readonly F[];
  readonly judge: (resource: Known<R, F>) => Verdict;
}

export interface Control<R extends Resource = Resource> extends ControlText {
  readonly service: string;
  readonly resourceTypes: readonly string[];
  readonly fields: readonly string[];
  /** The verdict, or undefined where the control is not about this resource. */
  judge(resource: R): Verdict | undefined;
}

/** The maker of controls on one type of resource: `const control = controlsOn<Volume>('ebs', 'AWS::EC2::Volume')`. */
export function controlsOn<R extends Resource>(service: string, ...resourceTypes: readonly string[]) {
  return <F extends keyof R & string>({ when, judge, ...rule }: ControlRule<R, F>): Control<R> => ({
    ...rule,
    service,
    resourceTypes,
    judge: (resource) => {
      if (when?.(resource) === false) return undefined;
      for (const field of rule.fields) {
        const value = resource[field] as unknown;
        if (value === undefined) return unknown(`AWS did not say ${field}`);
        if (value instanceof Unread) return unknown(`${field} not read: ${value.code}`);
      }
      return judge(resource as Known<R, F>);
    },
  });
}

/** The documentation of a Security Hub control, e.g. `EC2.3` on the page `ec2`. */
export function securityHub(page: string, id: string): string {
  return `https://docs.aws.amazon.com/securityhub/latest/userguide/${page}-controls.html#${id.toLowerCase().replace('.', '-')}`;
}
