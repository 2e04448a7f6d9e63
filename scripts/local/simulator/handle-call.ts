import { assumedRole, checkAssumeRole } from './assume-role.ts';
import { type Call, readCall, type WireAnswer, type WireRequest } from './call.ts';
import { type CallRecord, startRecord } from './call-log.ts';
import { deniedError, faultError, type TransportFault } from './faults.ts';
import { readInput } from './input.ts';
import type { MotoAccounts } from './moto-account.ts';
import type { Regions } from './regions.ts';
import type { Rule, RuleBook } from './rules.ts';
import { policyAllows, type Session, type Sessions } from './sessions.ts';
import { RawAnswer, type Stub, type Stubs } from './stub.ts';
import { correctAnswer, errorCodeOf, type Upstream } from './upstream.ts';
import { AwsError, errorAnswer, outputAnswer } from './wire.ts';

/** Everything that a call is judged and answered with. */
export type World = {
  upstream: Upstream;
  moto: MotoAccounts;
  sessions: Sessions;
  rules: RuleBook;
  stubs: Stubs;
  regions: Regions;
  calls: CallRecord[];
  now: () => number;
  enforceSessionPolicies: boolean;
  refuseUnknownCredentials: boolean;
};

/** What to put on the wire: an answer, and what the connection does with it. */
export type Outcome = { answer?: WireAnswer; transport?: 'hang' | 'reset' | 'half_closed' };

const htmlPage = '<html><head><title>503 Service Temporarily Unavailable</title></head><body></body></html>';

/** Logs one request and answers it: rules, then authorisation, then a stub or moto. */
export async function handleCall(world: World, request: WireRequest): Promise<Outcome> {
  const started = performance.now();
  const call = readCall(request);
  const session = world.sessions.get(call.accessKeyId);
  const asked = assumedRole(call);
  const record = startRecord(call, session, asked, new Date(world.now()));
  world.calls.push(record);
  const rule = await world.rules.apply(call, session, asked?.roleArn.split(':')[4]);
  const outcome = await decide(world, call, session, record, rule);
  record.durationMs = Math.round((performance.now() - started) * 10) / 10;
  if (outcome.answer) Object.assign(outcome.answer.headers, { 'x-amzn-requestid': record.requestId });
  if (outcome.answer && outcome.transport === undefined) {
    record.status = outcome.answer.status;
    const errorCode = errorCodeOf(outcome.answer);
    if (errorCode !== undefined) record.errorCode = errorCode;
  }
  return outcome;
}

async function decide(
  world: World,
  call: Call,
  session: Session | undefined,
  record: CallRecord,
  rule: Rule | undefined,
): Promise<Outcome> {
  try {
    const fault = rule?.fault;
    if (fault === 'hang' || fault === 'reset') return { transport: fault };
    if (fault === 'html') {
      return { answer: { status: 503, headers: { 'content-type': 'text/html' }, body: Buffer.from(htmlPage) } };
    }
    if (fault !== undefined && fault !== 'truncated' && fault !== 'half_closed') {
      throw typeof fault === 'object'
        ? new AwsError(fault.code, fault.message, fault.status)
        : faultError(call, fault, session?.principalArn ?? 'anonymous', record.iamAction);
    }
    await authorise(world, call, session, record);
    const answer = await answerOf(world, call, session, record, rule?.stub);
    return damaged(rule?.transform ? rule.transform(answer) : answer, fault);
  } catch (error) {
    if (error instanceof AwsError) return { answer: errorAnswer(call, error) };
    return { answer: errorAnswer(call, new AwsError('SimulatorFailure', `The simulator failed: ${error}`, 501)) };
  }
}

function damaged(answer: WireAnswer, fault: Extract<TransportFault, 'truncated' | 'half_closed'> | undefined): Outcome {
  if (fault === 'half_closed') return { answer, transport: 'half_closed' };
  if (fault === 'truncated') answer.body = answer.body.subarray(0, Math.floor(answer.body.length / 2));
  return { answer };
}

async function authorise(
  world: World,
  call: Call,
  session: Session | undefined,
  { iamAction }: CallRecord,
): Promise<void> {
  const principal = session?.principalArn ?? 'anonymous';
  // AWS answers unknown keys and Regions that are off alike: it does not know such a token there.
  const unknown = session === undefined && world.refuseUnknownCredentials;
  if (unknown || world.regions.notOptedIn.includes(call.region)) {
    throw faultError(call, 'region_disabled', principal, iamAction);
  }
  if (session && session.expiresAt <= world.now()) throw faultError(call, 'expired_token', principal, iamAction);
  const policy = world.enforceSessionPolicies ? session?.sessionPolicy : undefined;
  // Nobody can be denied GetCallerIdentity.
  if (policy && iamAction !== 'sts:GetCallerIdentity' && !policyAllows(policy, iamAction)) {
    throw deniedError(call, principal, iamAction, 'because no session policy allows the {action} action');
  }
  const asked = assumedRole(call);
  if (asked) await checkAssumeRole(call, asked, session, world.moto);
}

async function answerOf(
  world: World,
  call: Call,
  session: Session | undefined,
  record: CallRecord,
  ruleStub: Stub | undefined,
): Promise<WireAnswer> {
  const stub = ruleStub ?? world.stubs[call.service.name]?.[call.operation];
  if (!stub) {
    const answer = correctAnswer(call, await world.upstream.send(call.request));
    if (record.assumed) world.sessions.watch(call, answer);
    return answer;
  }
  record.stubbed = true;
  const account = session?.account ?? 'unknown';
  const output = await stub({
    account,
    region: call.region,
    service: call.service.name,
    operation: call.operation,
    ...(session ? { roleArn: session.roleArn } : {}),
    input: await readInput(call),
    moto: world.moto.as(account, call.region),
  });
  return output instanceof RawAnswer ? output.answer : outputAnswer(call, output);
}
