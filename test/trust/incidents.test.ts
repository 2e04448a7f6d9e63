import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, it, onTestFinished, vi } from 'vitest';
import { aggregateResults } from '../../schemas/aggregate-results.ts';
import { bridges, catalog } from '../../schemas/catalog.ts';
import { checkSecurityServices } from '../../schemas/check-security-services.ts';
import { describeEc2Instances } from '../../schemas/describe-ec2-instances.ts';
import { getStoredSecurityContext } from '../../schemas/get-stored-security-context.ts';
import { mcpBridge } from '../../schemas/mcp-bridge.ts';
import { switchAccount } from '../../schemas/switch-account.ts';
import { lintJwt } from '../../scripts/gateway/lint-jwt.ts';
import { customJwt } from '../../scripts/local/gateway/custom-jwt.ts';
import { clientOf } from '../../shared/aws-clients.ts';
import { argumentsOf, eventsWithText } from '../support/argument-places.ts';
import { callBridge, STDIO_SERVERS, withBridges } from '../support/bridges.ts';
import { testCall } from '../support/call.ts';
import { HOME_ACCOUNT } from '../support/configuration.ts';
import { gatewayFor, listRequest, post } from '../support/gateway-fixture.ts';
import { ask, configure, inFakeAws } from '../support/in-fake-aws.ts';
import { startTokenIssuer } from '../support/token-issuer.ts';
import { witness } from '../support/witness.ts';

/** Each test stands for one incident of 2026 in a server of this kind: docs/trust.md, "Incidents". */
const aws = inFakeAws({ contextStore: { bucket: 'context', ttlHours: 24 } });
const fakeHost = () => new URL(aws().url).host;
/** What was asked for: the operation, or the method and URL where these name it. */
const asked = () => aws().requests.map(({ action, target }) => (target === 'POST /' ? action : target));
const withAccount = catalog.filter(({ input }) => 'account_id' in input.shape);

/** A folder with a file in it that no answer may show. */
function secretFile(): { folder: string; path: string; content: string } {
  const folder = mkdtempSync(join(tmpdir(), 'central-ops-incident-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const content = `content-${crypto.randomUUID()}`;
  writeFileSync(join(folder, 'secret.txt'), content);
  return { folder, path: join(folder, 'secret.txt'), content };
}

/** Calls every tool with a text in each place that takes one, and gives all answers. */
async function askEverywhere(text: string): Promise<string> {
  const answers: string[] = [];
  for (const tool of catalog)
    for (const event of eventsWithText(tool, text)) answers.push(JSON.stringify(await ask(tool, event)));
  expect(answers.length).toBeGreaterThan(100);
  return answers.join('\n');
}

it('CVE-2026-4270: no argument is a file or an address, whichever way it is written', async () => {
  const names = catalog.flatMap((tool) => argumentsOf(tool).map(([name]) => name));
  expect(names.filter((name) => /path|file|ur[il]|endpoint|host|profile|output_dir/i.test(name))).toEqual([]);
  const seen = witness();
  const { path, content } = secretFile();
  const texts = [path, `file://${path}`, `../../../../../../../..${path}`, 'http://169.254.169.254/latest/meta-data/'];
  for (const text of texts) expect(await askEverywhere(text)).not.toContain(content);
  expect([...seen.hosts]).toEqual([fakeHost()]);
  expect(readFileSync(path, 'utf8')).toBe(content);
});

it('CVE-2026-5058 and -5059: no text starts a process or reaches a shell', async () => {
  const seen = witness();
  const { folder } = secretFile();
  const touched = join(folder, 'touched');
  for (const text of [`$(touch ${touched})`, `x; touch ${touched}`, `x | touch ${touched}`, `\`touch ${touched}\``])
    await askEverywhere(text);
  expect(seen.processes).toEqual([]);
  // Nor through the one bridge that starts programs: arguments go to the server, not to a command.
  withBridges({
    it: {
      kind: 'stdio',
      command: 'node',
      args: [join(STDIO_SERVERS, 'misbehaving.mjs')],
      env: {},
      tools: { echo: { repeatable: true } },
    },
  });
  const message = `$(touch ${touched})`;
  const answer = await callBridge(mcpBridge, 'it___echo', { message });
  expect(answer.error).toBeUndefined();
  expect(answer.result).toEqual({ message });
  // That server is seen, so that what is not seen was not there.
  expect(seen.processes).toHaveLength(1);
  expect(existsSync(touched)).toBe(false);
  await promisify(execFile)('touch', [touched]);
  expect(existsSync(touched)).toBe(true);
});

it('bedrock-agentcore-sdk-python #417: a Region never names another host', async () => {
  const seen = witness();
  // As in Lambda, where the SDK makes hosts of Regions.
  const port = new URL(aws().url).port;
  const regions = [`x@127.0.0.1:${port}/#`, `127.0.0.1:${port}/#`, `us-east-1.127.0.0.1:${port}`, 'localhost', '*'];
  for (const tool of catalog.filter(({ input }) => 'region' in input.shape)) {
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    for (const region of regions) {
      const { error } = await ask(tool, { ...(tool.example.input as object), region });
      expect(error, region).toMatchObject({ code: 'invalid_input', field: 'region' });
    }
  }
  // Were one let through, the request itself would be stopped.
  for (const region of [...regions, 'us-west-2', 'cn-north-1', 'us-iso-east-1']) {
    const ec2 = clientOf(EC2Client, region, testCall(), { identity: 'incident', credentials: sessionOfNobody });
    await expect(ec2.send(new DescribeInstancesCommand()), region).rejects.toThrow();
  }
  expect([...seen.hosts]).toEqual([]);
});

const sessionOfNobody = async () => ({
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'x',
  sessionToken: 'x',
  expiration: new Date(Date.now() + 3_600_000),
});

it('CVE-2026-15643: no page token names an address; only those that we sealed are opened', async () => {
  const seen = witness();
  const address = `${aws().url}/next`;
  const tokens = [address, btoa(address), btoa(JSON.stringify({ next: address })), `//${fakeHost()}/next`];
  for (const tool of catalog.filter(({ input }) => 'next_token' in input.shape)) {
    for (const next_token of tokens) {
      const { error } = await ask(tool, { ...(tool.example.input as object), next_token });
      expect(error, next_token).toMatchObject({ code: 'invalid_input', field: 'next_token' });
    }
  }
  expect([...seen.hosts]).toEqual([]);
});

it.each(['denied', 'html 503', 'reset'] as const)(
  'CVE-2026-16584: when the list of accounts fails to load (%s), nobody may be asked, rather than anybody',
  async (fault) => {
    configure(aws(), { accounts: 'organization' });
    aws().faults.set('own', fault);
    for (const tool of withAccount) {
      const { error } = await ask(tool, { ...(tool.example.input as object), account_id: '111111111111' });
      expect(error?.code, tool.name).toMatch(/^(access_denied|unavailable)$/);
    }
    expect(asked().length).toBeGreaterThan(0);
    expect(asked().filter((action) => !action.includes('ListAccounts'))).toEqual([]);
  },
);

it('CVE-2026-16584: without its list of tools, or with half of one, a bridge refuses', async () => {
  const folder = withBridges({});
  for (const text of [undefined, '', '{', '{}', '{"bridges":{"it":{"kind":"stdio","command":"node"}}}', 'null']) {
    const path = join(folder, `${crypto.randomUUID()}.json`);
    if (text !== undefined) writeFileSync(path, text);
    vi.stubEnv('CENTRAL_OPS_BRIDGES', path);
    for (const tool of bridges) {
      const { error } = await callBridge(tool, 'it___echo', { message: 'x' });
      expect(error?.code, `${tool.name} ${text}`).toBe('not_configured');
    }
  }
  expect(aws().requests).toEqual([]);
});

it('CVE-2026-87911: what a session may do is a list of actions, never everything but a list', async () => {
  const policies = new Map<string, unknown>();
  aws().assumeAs = (form) =>
    policies.set(form.get('RoleSessionName')?.split('@')[0] ?? '', JSON.parse(form.get('Policy') ?? 'null'));
  let account = 720_000_000_000;
  for (const tool of withAccount) {
    const account_id = String(++account);
    configure(aws(), { accounts: [account_id] });
    await ask(tool, { ...(tool.example.input as object), account_id });
  }
  const entered = withAccount.filter(({ name }) => policies.has(name));
  expect(entered.length).toBeGreaterThanOrEqual(20);
  for (const { name, iam } of entered) {
    const nothing = { Effect: 'Deny', Action: '*', Resource: '*' };
    const statement = iam.length === 0 ? nothing : { Effect: 'Allow', Action: [...iam], Resource: '*' };
    expect(policies.get(name), name).toEqual({ Version: '2012-10-17', Statement: [statement] });
    expect(iam.filter((action) => !/^[a-z0-9-]+:[A-Z]\w+$/.test(action))).toEqual([]);
  }
});

it('CVE-2026-97662: a text stays the value of its field: it adds no option, parameter, header or operation', async () => {
  const hostile = [
    '--endpoint-url=http://127.0.0.1:1',
    '-x',
    'x&Action=TerminateInstances&InstanceId.1=i-1',
    'x","Action":"TerminateInstances',
    'x\r\nX-Amz-Target: TerminateInstances',
    'x</Value></Filter><Action>TerminateInstances</Action>',
    'x?delete#',
  ];
  const seen = witness();
  await askEverywhere('harmless');
  const known = new Set(asked().map((action) => operationOf(action, 'harmless')));
  expect(known.size).toBeGreaterThan(20);
  for (const text of hostile) {
    aws().requests.length = 0;
    await askEverywhere(text);
    expect(asked().length).toBeGreaterThan(20);
    const operations = asked().map((action) => operationOf(action, text));
    expect(
      operations.filter((operation) => !known.has(operation)),
      text,
    ).toEqual([]);
  }
  expect([...seen.hosts]).toEqual([fakeHost()]);
});

/** A request's operation, or its method and path with the text in it, decoded once as AWS does, replaced. */
function operationOf(action: string, text: string): string {
  if (!action.includes('/')) return action;
  const [path = '', query = ''] = action.split('?');
  const parts = path
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll(text, '…').replaceAll(text.toLowerCase(), '…'));
  const names = [...new URLSearchParams(query).keys()].map((name) => name.replaceAll(text, '…'));
  return `${parts.join('/')} ${names.sort().join()}`;
}

it('CVE-2026-115413: a token for another audience or client is refused, and so is a gateway that asks for neither', async () => {
  const issuer = await startTokenIssuer();
  onTestFinished(() => issuer.stop());
  const { discoveryUrl } = issuer;
  const status = async (options: object, claims: object) => {
    const target = await gatewayFor({ authorizer: customJwt({ discoveryUrl, keysCooldownMs: 0, ...options }) });
    return (await post(target, listRequest, { authorization: `Bearer ${await issuer.token({ ...claims })}` })).status;
  };
  const forUs = { allowedAudience: ['central-ops'] };
  expect(await status(forUs, { aud: 'central-ops' })).toBe(200);
  for (const aud of ['another', 'central-ops-2', ['another'], '', undefined])
    expect(await status(forUs, aud === undefined ? {} : { aud }), String(aud)).toBe(401);
  const fromUs = { allowedClients: ['agent'] };
  expect(await status(fromUs, {})).toBe(200);
  expect(await status(fromUs, { client_id: 'stranger' })).toBe(401);
  expect(() => customJwt({ discoveryUrl })).toThrow('every token would pass');
  const found = lintJwt({ discoveryUrl: 'https://issuer.example/.well-known/openid-configuration' });
  expect(found.map(({ what }) => what)).toEqual([expect.stringContaining('every token of the issuer would pass')]);
});

it('CVE-2026-116635: no text walks up a path, neither of a request nor of a stored object', async () => {
  const texts = ['../../x', '..', '...', '..%2f..%2fx', '%2e%2e/x', '..\\..\\x', 'a/../../x', '/etc/passwd', './x'];
  const before = new Set<string>();
  for (const text of texts) {
    await askEverywhere(text);
    for (const action of asked()) before.add(action);
  }
  expect(before.size).toBeGreaterThan(10);
  for (const action of before) {
    const [path = ''] = action.split('?');
    // The server decodes a part once; a part of dots would then be a step.
    const steps = path.split(/[/\\]/).filter((part) => /^\.{1,2}$/.test(decodeURIComponent(part)));
    expect(steps, action).toEqual([]);
  }
  // The keys of stored results are made of an account, a Region and a tool, each from a list.
  aws().requests.length = 0;
  for (const text of texts) {
    for (const argument of ['account_id', 'region', 'tool'])
      expect((await ask(getStoredSecurityContext, { [argument]: text })).error?.code).toBe('invalid_input');
  }
  expect(aws().requests).toEqual([]);
});

it('CVE-2026-125271: a name in another spelling is another name, never the one that is refused', async () => {
  const spellings = [
    'aggregate_results',
    'aggregate-results',
    'AGGREGATE_RESULTS',
    'Aggregate_Results',
    'aggregateResults',
    'AggregateResults',
    'aggregate_results ',
    'aggregate_results:1',
    'aggregate_results:$LATEST',
    'aggregate%5Fresults',
    'ａggregate_results',
    'aggregate_results\u0000',
    '../central-ops-aggregate-results',
  ];
  for (const tool of spellings) {
    const { error } = await ask(aggregateResults, { tool, account_id: '111111111111' });
    expect(error, tool).toMatchObject({ code: 'invalid_input', field: 'tool' });
  }
  expect(aws().requests).toEqual([]);
  withBridges({
    it: { kind: 'stdio', command: 'no such program', args: [], env: {}, tools: { read: { repeatable: true } } },
  });
  const seen = witness();
  for (const name of ['READ', 'Read', 'read ', ' read', 'rea\u0064\u0000', 're\u200bad', 'ｒead', 'read/', 'delete'])
    expect((await callBridge(mcpBridge, `it___${name}`)).error?.code, name).toBe('invalid_input');
  expect(seen.processes).toEqual([]);
});

it('CVE-2026-52869: nothing of one caller is there for another: no session, no account, no place in a list', async () => {
  const [ours = '', theirs = ''] = ['730000000001', '730000000002'];
  configure(aws(), { accounts: [ours, theirs, HOME_ACCOUNT] });
  Object.assign(aws().estate, { instances: 60, pageSize: 30 });
  // An account that was switched to is not the account of the next call.
  await ask(switchAccount, { account_id: theirs });
  aws().requests.length = 0;
  const own = (await ask(checkSecurityServices, {})) as { account_id?: string };
  expect(own.account_id).toBe(HOME_ACCOUNT);
  expect(aws().requests.filter(({ account }) => account === theirs)).toEqual([]);
  // A place in the list of one question continues no other question.
  const { next_token } = await ask(describeEc2Instances, { account_id: ours });
  expect(next_token).toBeDefined();
  const more = await ask(describeEc2Instances, { account_id: ours, next_token });
  expect(more.instance_count).toBeGreaterThan(0);
  aws().requests.length = 0;
  for (const event of [
    { account_id: theirs },
    { account_id: `${ours},${theirs}` },
    { account_id: ours, region: 'eu-west-1' },
    { account_id: ours, filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] },
  ]) {
    const { error } = await ask(describeEc2Instances, { ...event, next_token });
    expect(error, JSON.stringify(event)).toMatchObject({ code: 'invalid_input', field: 'next_token' });
  }
  expect(aws().requests).toEqual([]);
});
