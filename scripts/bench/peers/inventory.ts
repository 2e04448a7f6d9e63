import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { catalog } from '../../../schemas/catalog.ts';
import { toEnvironment } from '../../../shared/config.ts';
import { buildFunctions } from '../../build.ts';
import { demoConfiguration } from '../../local/demo.ts';
import { openMotoAccounts } from '../../local/simulator/moto-account.ts';
import { countListTokens } from '../../tokens.ts';
import { comparedFunction } from '../setting.ts';
import { type Answer, type Form, nodeForm, type Subject, start } from '../subject.ts';
import { AWS_API, type AwsApi, installAwsApi, startAwsApi } from './aws-api.ts';
import { type Contender, compete, type Said } from './contender.ts';
import { peerPackages } from './install.ts';
import { type Closers, openAll, withClosers } from './opening.ts';
import { profilesOf } from './profiles.ts';
import type { PeerRow, PeerWorld } from './types.ts';

const ADAPTER_VERSION = '0.5.21';
const ADAPTER = `${AWS_API} in run-mcp-servers-with-aws-lambda ${ADAPTER_VERSION}`;
const OURS = 'Central Ops Tools';
const PYTHON = 'Python form of our tool';
const DENIED_REGION = 'eu-west-1';

export const QUESTIONS = {
  warm: 'All EC2 instances of one account in 17 Regions, process warm',
  first: 'The same as the first question of a new process',
  organization: 'All EC2 instances of all accounts in 17 Regions, process warm',
  denied: `One account in 17 Regions, ${DENIED_REGION} denied`,
} as const;

const ALL = 'aws ec2 describe-instances --region *';
const PROJECTED = `${ALL} --query "Reservations[].Instances[].[InstanceId,Tags[?Key=='Name']|[0].Value,InstanceType,State.Name,PrivateIpAddress,PublicIpAddress,LaunchTime,VpcId,SubnetId,Placement.AvailabilityZone]"`;

/** The inventory question, asked of everybody: warm, from process start, over the organization, and with a Region denied. */
export async function compareInventory(world: PeerWorld): Promise<PeerRow[]> {
  return withClosers(async (folder, closers) => {
    const truth = await readTruth(world);
    const all = Object.values(QUESTIONS);
    const { contenders, missing } = await openAll([
      { subject: OURS, questions: all, open: () => ours(world, truth, folder, closers) },
      { subject: AWS_API, questions: all, open: () => awsApi(world, truth, folder, closers) },
      { subject: ADAPTER, questions: [QUESTIONS.warm], open: () => adapter(world, truth, closers) },
      { subject: PYTHON, questions: [QUESTIONS.warm, QUESTIONS.denied], open: () => pythonForm(world, truth, closers) },
    ]);
    const rows = [];
    for (const question of all) {
      process.stderr.write(`${question} …\n`);
      rows.push(...(await withRules(question, world, contenders)));
    }
    return [...rows, ...missing];
  });
}

async function withRules(question: string, world: PeerWorld, contenders: readonly Contender[]): Promise<PeerRow[]> {
  const { rules } = world.demo.proxy;
  // Rules hold in their order and a fault ends them: this one has to bring the latency itself.
  const remove =
    question === QUESTIONS.denied
      ? rules.add({
          match: { account: world.accountId, region: DENIED_REGION, service: 'ec2' },
          latencyMs: world.latencyMs,
          fault: 'access_denied',
        })
      : () => {};
  try {
    return await compete(
      world,
      contenders.filter((contender) => contender.question === question),
    );
  } finally {
    remove();
  }
}

/** Instance IDs by account and Region, read past the proxy. */
type Truth = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

async function readTruth({ demo: { estate, motoUrl } }: PeerWorld): Promise<Truth> {
  const moto = openMotoAccounts(motoUrl);
  const truth = new Map<string, Map<string, Set<string>>>();
  for (const { id } of estate.accounts.filter(({ reachable }) => reachable)) {
    const regions = new Map<string, Set<string>>();
    for (const region of estate.regions) {
      const { Reservations = [] } = await new EC2Client(moto.as(id, region)).send(new DescribeInstancesCommand({}));
      const ids = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = '' }) => InstanceId));
      regions.set(region, new Set(ids));
    }
    truth.set(id, regions);
  }
  moto.close();
  return truth;
}

function instancesOf(truth: Truth, question: string, accountId: string): ReadonlySet<string> {
  const accounts = question === QUESTIONS.organization ? [...truth.keys()] : [accountId];
  return new Set(
    accounts.flatMap((account) =>
      [...(truth.get(account) ?? [])].flatMap(([region, ids]) =>
        question === QUESTIONS.denied && region === DENIED_REGION ? [] : [...ids],
      ),
    ),
  );
}

async function ours(world: PeerWorld, truth: Truth, folder: string, closers: Closers): Promise<Contender[]> {
  const { demo, accountId } = world;
  const [bundle] = await buildFunctions({ outdir: join(folder, 'bundle'), only: [comparedFunction] });
  if (bundle === undefined) throw new Error(`there is no bundle of ${comparedFunction}`);
  const configuration = { ...demoConfiguration(demo.estate), regions: [...demo.proxy.regions.enabled] };
  const form = nodeForm(OURS, bundle.file, {
    ...demo.environment,
    ...toEnvironment(configuration, 'benchmark-secret-of-32-characters'),
    PATH: process.env.PATH ?? '',
  });
  const toolListTokens = countListTokens(catalog);
  const one = { account_id: accountId, region: 'all' };
  const all = { account_id: 'all', region: 'all' };
  const unreachable = demo.estate.accounts.find(({ reachable }) => !reachable)?.id ?? '';
  const warm = await keep(form, one, closers);
  const contender = (question: string, ask: Contender['ask']): Contender => ({
    subject: OURS,
    question,
    ours: true,
    toolListTokens,
    truth: instancesOf(truth, question, accountId),
    ask,
  });
  const whole = (event: object) => async (roots: Set<number>) => {
    roots.add(warm.pid);
    return { text: await toTheEnd(warm, event, (await warm.call(event)).answer) };
  };
  return [
    { ...contender(QUESTIONS.warm, whole(one)), note: 'its answers are bounded; all of them are counted, to the last' },
    contender(QUESTIONS.first, async (roots) => {
      const subject = await start(form, one, (pid) => roots.add(pid));
      return { text: await toTheEnd(subject, one, subject.first.answer), end: () => subject.stop() };
    }),
    {
      ...contender(QUESTIONS.organization, (roots) => holding([unreachable], whole(all)(roots))),
      note: 'one question; it enters the accounts itself, and names the one that it cannot enter',
    },
    {
      ...contender(QUESTIONS.organization, async (roots) => {
        roots.add(warm.pid);
        return { text: JSON.stringify((await warm.call(all)).answer) };
      }),
      subject: `${OURS}, first answer alone`,
      note: 'one call: as much as an answer may hold, and a cursor for the rest',
    },
    {
      ...contender(QUESTIONS.denied, (roots) =>
        holding(['"complete":false', `"region":"${DENIED_REGION}"`, 'denied'], whole(one)(roots)),
      ),
      note: 'says `complete: false` and names the account, the Region and the kind of failure',
    },
  ];
}

async function awsApi(world: PeerWorld, truth: Truth, folder: string, closers: Closers): Promise<Contender[]> {
  const { accountId } = world;
  const profiles = join(folder, 'profiles');
  const accounts = [...truth.keys()];
  const api = await installAwsApi({
    ...(await world.environmentOf(accountId)),
    AWS_SHARED_CREDENTIALS_FILE: profiles,
  });
  await writeFile(profiles, await profilesOf(world, accounts));
  const server = await startAwsApi(api);
  closers.push(() => server.stop());
  const toolListTokens = await server.toolListTokens();
  await server.call(ALL);
  const contender = (way: string, question: string, ask: Contender['ask'], note?: string): Contender => ({
    subject: `${AWS_API}, ${way}`,
    question,
    toolListTokens,
    truth: instancesOf(truth, question, accountId),
    ask,
    ...(note === undefined ? {} : { note }),
  });
  const warm = (command: string | readonly string[]) => async (roots: Set<number>) => {
    roots.add(server.pid);
    return { text: await server.call(command) };
  };
  const first = (command: string) => async (roots: Set<number>) => {
    const fresh = await startAwsApi(api, (pid) => roots.add(pid));
    return { text: await fresh.call(command), end: () => fresh.stop() };
  };
  const general = 'a general AWS CLI: it answers any API, and here gives every field of each instance';
  const batch = accounts.map((id) => PROJECTED.replace('--region *', `--region * --profile ${id}`));
  return [
    contender('`--region *`', QUESTIONS.warm, warm(ALL), general),
    contender(
      '`--region *` and `--query`',
      QUESTIONS.warm,
      warm(PROJECTED),
      'the fields that ours gives, less the tags',
    ),
    contender('`--region *`', QUESTIONS.first, first(ALL)),
    contender(
      'a batch, one command for each profile',
      QUESTIONS.organization,
      warm(batch),
      'somebody has to hold a profile with credentials for each account, and the model has to name them all',
    ),
    contender(
      '`--region *` and `--query`',
      QUESTIONS.denied,
      (roots) => holding(['UnauthorizedOperation'], warm(PROJECTED)(roots)),
      'an error text stands where the Region would',
    ),
  ];
}

async function adapter(world: PeerWorld, truth: Truth, closers: Closers): Promise<Contender[]> {
  const api: AwsApi = await installAwsApi(await world.environmentOf(world.accountId));
  const modules = await peerPackages('lambda-adapter', [`@aws/run-mcp-servers-with-aws-lambda@${ADAPTER_VERSION}`]);
  const entry = join(modules, '@aws/run-mcp-servers-with-aws-lambda/dist/index.js');
  const form = nodeForm(ADAPTER, join(import.meta.dirname, 'adapter-function.mjs'), {
    ...api.environment,
    ADAPTER_PACKAGE: pathToFileURL(entry).href,
    ADAPTER_COMMAND: api.command,
    LOG_LEVEL: 'error',
  });
  const event = { cli_command: PROJECTED };
  const warm = await keep(form, event, closers);
  // The adapter has no list of its own: the Gateway is given the server's.
  const server = await startAwsApi(api);
  const toolListTokens = await server.toolListTokens();
  await server.stop();
  return [
    {
      subject: `${ADAPTER}, \`--query\``,
      question: QUESTIONS.warm,
      note: 'starts a process of the server on every call, also in a warm function; the tool list is the server’s',
      toolListTokens,
      truth: instancesOf(truth, QUESTIONS.warm, world.accountId),
      ask: async (roots) => {
        roots.add(warm.pid);
        const { content = [] } = (await warm.call(event)).answer as { content?: { text?: string }[] };
        return { text: content.map(({ text = '' }) => text).join('\n') };
      },
    },
  ];
}

async function pythonForm(world: PeerWorld, truth: Truth, closers: Closers): Promise<Contender[]> {
  const { demo, accountId } = world;
  const { python } = await installAwsApi({});
  const form: Form = {
    name: PYTHON,
    command: [python, join(import.meta.dirname, '../python-form/runner.py'), ''],
    environment: {
      ...demo.environment,
      PATH: process.env.PATH ?? '',
      AWS_DEFAULT_REGION: 'us-east-1',
      EXTERNAL_ID: demo.estate.externalId,
      PYTHONDONTWRITEBYTECODE: '1',
    },
  };
  const event = (region: string) => ({ account_id: accountId, region });
  const regions = demo.proxy.regions.enabled;
  const inEach = async (subject: Subject) => {
    const answers = [];
    for (const region of regions) answers.push(JSON.stringify((await subject.call(event(region))).answer));
    return answers.join('\n');
  };
  const warm = await keep(form, event('us-east-1'), closers);
  const contender = (question: string, note: string, ask: Contender['ask']): Contender => ({
    subject: PYTHON,
    question,
    note,
    truth: instancesOf(truth, question, accountId),
    ask,
  });
  const all = async (roots: Set<number>) => {
    roots.add(warm.pid);
    return { text: await inEach(warm) };
  };
  return [
    contender(QUESTIONS.warm, 'a call for each Region, one after another', all),
    contender(QUESTIONS.denied, 'the function fails in that Region, and gives AWS’s own words', (roots) =>
      holding(['UnauthorizedOperation'], all(roots)),
    ),
  ];
}

/** An answer, once it holds what the note under the table says of it. */
async function holding(words: readonly string[], said: Promise<Said>): Promise<Said> {
  const { text = '' } = await said;
  const missing = words.find((word) => !text.includes(word));
  if (missing !== undefined) throw new Error(`the answer has no ${missing}`);
  return said;
}

/** This answer and those that its cursor leads to. */
async function toTheEnd(subject: Subject, event: object, first: Answer): Promise<string> {
  const answers = [first];
  for (let last = first; last.next_token !== undefined; answers.push(last)) {
    last = (await subject.call({ ...event, next_token: last.next_token })).answer;
  }
  return answers.map((answer) => JSON.stringify(answer)).join('\n');
}

/** A process of a form that has answered once, kept until the end. */
async function keep(form: Form, event: object, closers: Closers): Promise<Subject> {
  const subject = await start(form, event);
  closers.push(() => subject.stop());
  return subject;
}
