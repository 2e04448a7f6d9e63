import type { Call, WireAnswer } from './call.ts';
import { asList, matchesPattern, type Policy, type Statement } from './policy.ts';

/** What an access key stands for, as learnt from the AssumeRole answer that issued it. */
export type Session = {
  accessKeyId: string;
  account: string;
  roleArn: string;
  /** arn:aws:sts::<account>:assumed-role/<role>/<session>, the caller in denial messages. */
  principalArn: string;
  sessionName: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  externalId?: string;
  sessionPolicy?: Policy;
};

/** The sessions that AssumeRole answers have opened, by access key. */
export class Sessions {
  readonly #byAccessKey = new Map<string, Session>();

  get(accessKeyId: string | undefined): Session | undefined {
    return accessKeyId === undefined ? undefined : this.#byAccessKey.get(accessKeyId);
  }

  add(session: Session): void {
    this.#byAccessKey.set(session.accessKeyId, session);
  }

  clear(): void {
    this.#byAccessKey.clear();
  }

  /** Learns the session that a successful AssumeRole answer opens. */
  watch({ params }: Call, answer: WireAnswer): void {
    const text = answer.body.toString();
    const tag = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
    const accessKeyId = tag('AccessKeyId');
    const principalArn = tag('Arn');
    if (answer.status !== 200 || accessKeyId === undefined || principalArn === undefined) return;
    const roleArn = params.get('RoleArn') ?? '';
    const externalId = params.get('ExternalId');
    const policy = params.get('Policy');
    this.add({
      accessKeyId,
      account: roleArn.split(':')[4] ?? '',
      roleArn,
      principalArn,
      sessionName: params.get('RoleSessionName') ?? '',
      expiresAt: Date.parse(tag('Expiration') ?? ''),
      ...(externalId === null ? {} : { externalId }),
      ...(policy === null ? {} : { sessionPolicy: JSON.parse(policy) as Policy }),
    });
  }
}

/** The actions that a policy's Allow statements list, in their order. */
export function allowedActions(policy: Policy): string[] {
  return statements(policy, 'Allow').flatMap(({ Action }) => asList(Action));
}

/** Whether a session policy lets an action through, looking at actions only: resources and conditions are not judged. */
export function policyAllows(policy: Policy, action: string): boolean {
  const covers = ({ Action, NotAction }: Statement) =>
    NotAction === undefined
      ? asList(Action).some((pattern) => matchesPattern(pattern.toLowerCase(), action.toLowerCase()))
      : !asList(NotAction).some((pattern) => matchesPattern(pattern.toLowerCase(), action.toLowerCase()));
  return statements(policy, 'Allow').some(covers) && !statements(policy, 'Deny').some(covers);
}

function statements(policy: Policy, effect: Statement['Effect']): Statement[] {
  return asList(policy.Statement).filter(({ Effect }) => Effect === effect);
}
