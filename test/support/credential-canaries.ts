import { seededRandom } from '../../scripts/local/simulator/seeded-random.ts';

const random = seededRandom(23);
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();
const DIGITS = '0123456789';
const WORD = UPPER + LOWER + DIGITS;
const HEX = '0123456789abcdef';

function pick<T>(from: ArrayLike<T>): T {
  return from[Math.floor(random() * from.length)] as T;
}
const draw = (alphabet: string, length: number) => Array.from({ length }, () => pick(alphabet)).join('');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const human = () => `${pick(['Winter', 'hunter', 'Qwerty', 'Sommer'])}${draw(DIGITS, 4)}!`;

/** A credential as its issuer forms it, made up anew, and the part of it that must not be seen. */
interface Canary {
  readonly text: string;
  readonly secret: string;
}
const whole = (text: string): Canary => ({ text, secret: text });

/** The classes that a form can be known of. */
export const CREDENTIALS: Readonly<Record<string, () => Canary>> = {
  'AWS access key ID': () => whole(pick(['AKIA', 'ASIA']) + draw(`${UPPER}234567`, 16)),
  'AWS secret access key': () => whole(draw(`${WORD}+/`, 40)),
  'AWS session token': () => whole(`IQoJb3JpZ2luX2Vj`.replace('_', '/') + draw(`${WORD}+/`, 300)),
  JWT: () =>
    whole(
      `${base64url('{"alg":"RS256","typ":"JWT"}')}.${base64url(`{"sub":"${draw(WORD, 8)}"}`)}.${draw(`${WORD}-_`, 43)}`,
    ),
  'private key': () => {
    const body = `${draw(`${WORD}+/`, 64)}\n${draw(`${WORD}+/`, 64)}`;
    const kind = pick(['RSA ', 'EC ', 'OPENSSH ', '']);
    return {
      text: `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----`,
      secret: body.slice(0, 64),
    };
  },
  'presigned URL': () => {
    const secret = draw(HEX, 64);
    return { text: `https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=${secret}`, secret };
  },
  GitHub: () => whole(pick(['ghp_', 'gho_', 'ghs_']) + draw(WORD, 36)),
  'GitHub, fine-grained': () => whole(`github_pat_${draw(WORD, 22)}_${draw(WORD, 59)}`),
  GitLab: () => whole(`glpat-${draw(`${WORD}-_`, 20)}`),
  Slack: () => whole(`xoxb-${draw(DIGITS, 12)}-${draw(DIGITS, 12)}-${draw(WORD, 24)}`),
  Stripe: () => whole(`${pick(['sk', 'rk'])}_live_${draw(WORD, 24)}`),
  npm: () => whole(`npm_${draw(WORD, 36)}`),
  PyPI: () => whole(`pypi-AgEIcHlwaS5vcmc${draw(`${WORD}-_`, 100)}`),
  Google: () => whole(`AIza${draw(`${WORD}-_`, 35)}`),
  Azure: () => whole(`${draw(WORD, 3)}8Q~${draw(`${WORD}~_-`, 34)}`),
  OpenAI: () => whole(`sk-proj-${draw(`${WORD}-_`, 48)}`),
  Anthropic: () => whole(`sk-ant-api03-${draw(`${WORD}-_`, 93)}AA`),
  password: () => {
    const secret = human();
    return {
      text: `${pick(['password', 'DB_PASSWORD', 'pwd', 'client_secret', 'apiKey'])}${pick(['=', ': '])}${secret}`,
      secret,
    };
  },
  'password in a URL': () => {
    const secret = human();
    return { text: `${pick(['postgres', 'amqp', 'https'])}://app:${secret}@db.internal:5432/main`, secret };
  },
  authorization: () => {
    const secret = random() < 0.5 ? draw(`${WORD}-_`, 40) : '';
    return secret === ''
      ? ((basic) => ({ text: `Authorization: Basic ${basic}`, secret: basic }))(base64(`ops:${human()}`))
      : { text: `Authorization: Bearer ${secret}`, secret };
  },
};

const account = () => draw(DIGITS, 12);
const region = () => pick(['us-east-1', 'eu-west-1', 'ap-southeast-2']);
const word = () =>
  pick(['checkout', 'billing', 'search', 'ledger', 'orders', 'token-service', 'secrets-rotator', 'key-vault']);
const uuid = () => [8, 4, 4, 4, 12].map((length) => draw(HEX, length)).join('-');

/** What stands in names, tags and descriptions of resources and must stay. */
export const ORDINARY: readonly (() => string)[] = [
  account,
  () => `arn:aws:iam::${account()}:role/${word()}-role`,
  () => `arn:aws:secretsmanager:${region()}:${account()}:secret:prod/${word()}-${draw(WORD, 6)}`,
  () => `arn:aws:ecs:${region()}:${account()}:task/${word()}/${draw(HEX, 32)}`,
  () => `i-0${draw(HEX, 16)}`,
  () => `subnet-0${draw(HEX, 16)},sg-0${draw(HEX, 16)}`,
  () => `10.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.0/16`,
  uuid,
  () => draw(HEX, 40),
  () => `sha256:${draw(HEX, 64)}`,
  () => `${draw(`${WORD}+/`, 43)}=`,
  () => `AROA${draw(UPPER, 17)}:${word()}`,
  () => `Rotates the password of ${word()} every ${draw(DIGITS, 2)} days`,
  () => `SecretName: prod/${word()}`,
  () => `token: ${pick(['required', 'enabled', 'none', 'rotated daily'])}`,
  () => `Threshold Crossed: 1 datapoint [${draw(DIGITS, 2)}.0] was greater than the threshold (90.0)`,
  () => `(service ${word()}) has reached a steady state.`,
  () => `https://${word()}.example.com/path?page=${draw(DIGITS, 2)}`,
  () => `${account()}.dkr.ecr.${region()}.amazonaws.com/${word()}:v1.${draw(DIGITS, 2)}`,
  () => `AWSLogs/${account()}/Config/${region()}/2026/11/${draw(DIGITS, 2)}`,
  () => `arn:aws:kms:${region()}:${account()}:key/${uuid()}`,
  () => `maxTokens=${draw(DIGITS, 4)} passwordPolicy=strict tokenTtl: 3600`,
  () => `app/${word()}/${draw(HEX, 16)}`,
  () => `disk-${word()}-${draw(HEX, 32)}`,
  () => `Basic authentication for ${word()}; key: ${pick(['Environment', 'Owner', 'CostCentre'])}`,
];
