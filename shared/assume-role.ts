import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { type AwsClient, type ClientClass, type Credentials, clientOf } from './aws-clients.ts';
import type { Call, Cell } from './call.ts';
import { FatalError, ToolError, toToolError } from './errors.ts';
import { SharedWork } from './shared-work.ts';

/** A Lambda's own role is a role session, so ours is chained: STS allows an hour at most. */
const DURATION_SECONDS = 3_600;
/** The SDK asks again when less than five minutes are left; ours must be renewed before that, or it would ask each time. */
const RENEW_BEFORE_MS = 6 * 60_000;

interface Session {
  readonly credentials: Credentials;
  readonly name: string;
}

interface CachedSession {
  readonly session: SharedWork<Session>;
  /** Milliseconds since the epoch; absent while the session is being asked for. */
  renewAt?: number;
}

/** Per tool, account, role and session policy. Failures are not kept. */
const sessions = new Map<string, CachedSession>();

/**
 * A client of one account and Region, with credentials of the target role there, narrowed to `actions`.
 * Throws `role_not_assumable`, `throttled`, `timeout`, `unavailable`.
 */
export async function clientFor<C extends AwsClient>(
  Class: ClientClass<C>,
  cell: Cell,
  call: Call,
  actions: readonly string[] = call.tool.iam,
): Promise<C> {
  const identity = identityOf(cell.account, call, actions);
  // Assumed here rather than within the first request, so that a denied role is told apart from a denied action.
  await session(identity, cell.account, call, actions);
  return clientOf(Class, cell.region, call, { identity, credentials: () => credentialsOf(identity) });
}

/**
 * Credentials of the target role in an account, narrowed to `actions`, for what signs by itself.
 * Throws `role_not_assumable`, `throttled`, `timeout`, `unavailable`.
 */
export async function sessionCredentials(
  account: string,
  call: Call,
  actions: readonly string[],
): Promise<Credentials> {
  return (await session(identityOf(account, call, actions), account, call, actions)).credentials;
}

/** What a kept client signs with. It was assumed or renewed just before by `clientFor`, for each call anew. */
async function credentialsOf(identity: string): Promise<Credentials> {
  const cached = sessions.get(identity);
  if (cached === undefined) throw new ToolError('unavailable', 'The session expired while the call ran. Ask again.');
  return (await cached.session.outcome).credentials;
}

function identityOf(account: string, { tool, configuration, self }: Call, actions: readonly string[]): string {
  return [
    tool.name,
    self.partition,
    account,
    configuration.targetRoleName,
    configuration.externalId,
    sessionPolicy(actions),
  ].join(' ');
}

/** What the session may do at most: exactly the declared actions. With none declared, only who-am-I, which needs no permission. */
export function sessionPolicy(actions: readonly string[]): string {
  const statement =
    actions.length > 0
      ? { Effect: 'Allow', Action: actions, Resource: '*' }
      : { Effect: 'Deny', Action: '*', Resource: '*' };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** The cached session, the one just being asked for, or a new one: however many ask at once, STS is asked once. */
async function session(identity: string, account: string, call: Call, actions: readonly string[]): Promise<Session> {
  const refusal = call.refusals.get(identity);
  if (refusal !== undefined) throw refusal;
  let cached = sessions.get(identity);
  if (cached === undefined || cached.session.isAbandoned || (cached.renewAt ?? Infinity) <= Date.now()) {
    cached = remember(identity, new SharedWork((signal) => assume(account, { ...call, signal }, actions)));
  }
  try {
    const current = await cached.session.wait(call.signal);
    call.audit.session(current.name);
    return current;
  } catch (error) {
    call.refusals.set(identity, error);
    throw error;
  }
}

function remember(identity: string, session: SharedWork<Session>): CachedSession {
  const cached: CachedSession = { session };
  sessions.set(identity, cached);
  session.outcome.then(
    ({ credentials }) => {
      cached.renewAt = credentials.expiration.getTime() - RENEW_BEFORE_MS;
    },
    () => {
      if (sessions.get(identity) === cached) sessions.delete(identity);
    },
  );
  return cached;
}

async function assume(account: string, call: Call, actions: readonly string[]): Promise<Session> {
  const { configuration, self } = call;
  const roleArn = `arn:${self.partition}:iam::${account}:role/${configuration.targetRoleName}`;
  const name = sessionName(call);
  // The regional endpoint: the global one sits in one Region and its tokens fail in opt-in Regions.
  const sts = clientOf(STSClient, self.region, call);
  const answer = await sts
    .send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: name,
        Policy: sessionPolicy(actions),
        DurationSeconds: DURATION_SECONDS,
        ExternalId: configuration.externalId,
      }),
    )
    .catch((error: unknown) => {
      throw assumeError(error, configuration.targetRoleName);
    });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (
    AccessKeyId === undefined ||
    SecretAccessKey === undefined ||
    SessionToken === undefined ||
    Expiration === undefined
  ) {
    throw new ToolError('unavailable', 'STS answered without credentials. Ask again later.');
  }
  const expected = `arn:${self.partition}:sts::${account}:assumed-role/${configuration.targetRoleName}/${name}`;
  if (answer.AssumedRoleUser?.Arn !== expected) {
    throw new FatalError(
      'internal',
      'STS gave credentials of another account or role than asked for. Nothing was called with them.',
    );
  }
  return {
    name,
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    },
  };
}

/** `<tool>@<request id>`: CloudTrail shows it in the member account, and the audit line holds it. 64 characters at most. */
export function sessionName({ tool, requestId }: Pick<Call, 'tool' | 'requestId'>): string {
  return `${tool.name}@${requestId.replace(/[^A-Za-z0-9]/g, '')}`.slice(0, 64);
}

/**
 * What STS lets one tell about a refusal, and who can mend it. AWS's sentence is read for these marks and not passed on.
 * Each kind of policy may deny, or not allow: IAM User Guide, "Troubleshoot access denied error messages".
 */
const REFUSALS = [
  {
    mark: /(?:explicit deny in a|because no) service control policy/,
    reason: 'service_control_policy',
    fix: 'A service control policy denies sts:AssumeRole: except the tools from it.',
  },
  {
    mark: /explicit deny in a resource control policy/,
    reason: 'resource_control_policy',
    fix: 'A resource control policy denies sts:AssumeRole: except the tools from it.',
  },
  {
    mark: /(?:explicit deny in an|because no) identity-based policy/,
    reason: 'tools_role_policy',
    fix: "The tools' own role may not assume it: allow sts:AssumeRole on the target role in the tools' execution role.",
  },
] as const;

/** STS does not tell a role that is missing from one that trusts somebody else. */
const NOT_SAID = {
  reason: 'role_missing_or_not_trusting',
  fix: "The role is missing there, or its trust policy does not name the tools' role, the organization or the external ID: deploy generated/target-role.yml with the values of the configuration.",
};

/** The account that the session is of decides this, not the caller's: IAM User Guide, "Managing AWS STS in an AWS Region". */
const STS_OFF = {
  reason: 'sts_off_in_region',
  fix: "STS is off in this account for the Region that the tools run in: activate it there in IAM's account settings.",
};

function assumeError(error: unknown, roleName: string): ToolError {
  const failure = toToolError(error, { operation: 'AssumeRole', actions: [] });
  const name = error instanceof Error ? error.name : '';
  if (name.startsWith('RegionDisabled')) return notAssumable(roleName, STS_OFF);
  if (failure.code === 'region_not_enabled') {
    return new ToolError('role_not_assumable', 'STS does not know the credentials of the tools themselves.');
  }
  if (failure.code === 'invalid_input' || name.startsWith('PackedPolicyTooLarge')) {
    return new ToolError('internal', 'STS refused the session that the tool asked for.', failure.details);
  }
  if (failure.code !== 'access_denied') return failure;
  return notAssumable(roleName, REFUSALS.find(({ mark }) => mark.test(String(error))) ?? NOT_SAID);
}

function notAssumable(roleName: string, { reason, fix }: { reason: string; fix: string }): ToolError {
  const message = `The role ${roleName} cannot be assumed in this account. switch_account says why.`;
  return new ToolError('role_not_assumable', message, { reason, fix });
}
