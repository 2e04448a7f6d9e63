import { describe, expect, it } from 'vitest';
import { redactCredentials } from '../../shared/credentials-in-text.ts';

/** So many characters of an alphabet. Put together here: what looks like a credential in a file is held up by scanners. */
const of = (length: number, alphabet = 'aB3') => alphabet.repeat(length).slice(0, length);
const DIGITS = '1234567890';
const HEX = '0a1b2c3d';
const UPPER = 'AB3';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a credential that stands alone', () => {
  it.each([
    ['private-key', `-----BEGIN PRIVATE KEY-----\n${of(40)}\n-----END PRIVATE KEY-----`],
    ['private-key', `-----BEGIN EC PRIVATE KEY-----\n${of(40)}\n\n${of(40)}==\n-----END EC PRIVATE KEY-----`],
    ['private-key', `-----BEGIN PGP PRIVATE KEY BLOCK-----\n${of(9)}\n-----END PGP PRIVATE KEY BLOCK-----`],
    ['aws-access-key', `AKIA${of(16, UPPER)}`],
    ['aws-access-key', `ASIA${of(16, UPPER)}`],
    ['aws-access-key', `ABIA${of(16, UPPER)}`],
    ['aws-access-key', `ACCA${of(16, UPPER)}`],
    ['aws-session-token', `IQoJb3JpZ2lu${of(300, 'aB3+/')}==`],
    ['aws-session-token', `FwoGZXIvYXdz${of(40)}`],
    ['aws-session-token', `FQoGZXIvYXdz${of(41)}=`],
    ['jwt', `eyJ${of(9)}.${of(4)}.${of(5, 'a-_')}`],
    ['jwt', `eyJ${of(20)}.${of(30)}.`],
    ['anthropic-key', `sk-ant-${of(20, 'a-_9')}`],
    ['openai-key', `sk-proj-${of(20, 'a-_9')}`],
    ['openai-key', `sk-svcacct-${of(21, 'a-_9')}`],
    ['openai-key', `sk-${of(32)}`],
    ['github-token', `ghp_${of(36)}`],
    ['github-token', `ghs_${of(39)}`],
    ['github-token', `github_pat_${of(22, 'a_9')}`],
    ['gitlab-token', `glpat-${of(20, 'a-_9')}`],
    ['gitlab-token', `glpat-${of(27, 'a-_9')}.01.${of(9, HEX)}`],
    ['slack-token', `xoxb-${of(10, '1-a')}`],
    ['slack-token', `xoxe.xoxp-${of(11, '1-a')}`],
    ['slack-token', `xapp-1-${of(10, 'A-1')}`],
    ['stripe-key', `sk_live_${of(16)}`],
    ['stripe-key', `rk_test_${of(17)}`],
    ['stripe-key', `whsec_${of(24)}`],
    ['stripe-key', `whsec_${of(32, 'a+/')}=`],
    ['npm-token', `npm_${of(36)}`],
    ['pypi-token', `pypi-AgE${of(50, 'a-_9')}`],
    ['google-key', `AIza${of(35, 'a-_9')}`],
    ['google-key', `GOCSPX-${of(28, 'a-_9')}`],
    ['google-key', `ya29.${of(20, 'a-_9')}`],
    ['azure-secret', `abc8Q~${of(31, 'a.~-')}`],
    ['azure-secret', `abc8Q~${of(34, 'a.~-')}`],
    ['vault-token', `hvs.${of(24, 'a-_9')}`],
    ['sendgrid-key', `SG.${of(22, 'a-_9')}.${of(43, 'a-_9')}`],
    ['token', `dop_v1_${of(64, HEX)}`],
    ['token', `shpat_${of(32, HEX)}`],
    ['token', `dapi${of(32, HEX)}`],
    ['token', `hf_${of(34)}`],
    ['token', `dckr_pat_${of(27, 'a-_9')}`],
    ['token', `glsa_${of(32)}_${of(8, HEX)}`],
    ['token', `NRAK-${of(27, UPPER)}`],
    ['token', `ATATT3${of(100, 'a-_=9')}`],
    ['aws-secret-key', of(40)],
  ])('is %s: %j', (name, text) => {
    expect(redactCredentials(text)).toBe(`[redacted: ${name}]`);
    // No word, quote or comma beside it is taken with it.
    expect(redactCredentials(`"one", (${text}) two`)).toBe(`"one", ([redacted: ${name}]) two`);
  });

  it.each([
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
    '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
    `AKIA${of(15, UPPER)}`,
    `AKIA${of(17, UPPER)}`,
    `XAKIA${of(16, UPPER)}`,
    `eyJ${of(8)}.${of(4)}.${of(5)}`,
    `eyJ${of(9)}.${of(3)}.${of(5)}`,
    `eyJ${of(30)}`,
    `eyJ${of(3)}.${of(12)}.${of(4)}.${of(4)}`,
    `eyJ${of(9)}.${of(4)}`,
    `sk-ant-${of(19)}`,
    `sk-${of(31)}`,
    `task-${of(32)}`.replace('task', 'disk'),
    `ghp_${of(35)}`,
    `github_pat_${of(21)}`,
    `glpat-${of(19)}`,
    `xoxb-${of(9)}`,
    `xapp-1-${of(9)}`,
    `sk_live_${of(15)}`,
    `npm_${of(35)}`,
    `npm_${of(37)}`,
    `AIza${of(34)}`,
    `abc8Q~${of(30)}`,
    `hvs.${of(23)}`,
    `SG.${of(21)}.${of(43)}`,
    `dapi${of(31, HEX)}`,
    `dapi${of(32, 'xyz')}`,
  ])('stays when it is too short or long, or of another kind: %j', (text) => {
    expect(redactCredentials(text)).toBe(text);
  });
});

describe('a private key', () => {
  it('goes as far as it is there, and what follows its end stays', () => {
    const start = '-----BEGIN OPENSSH PRIVATE KEY-----';
    expect(redactCredentials(`${start}\nb3Bl\nc3No`)).toBe('[redacted: private-key]');
    expect(redactCredentials(`${start}b3Bl-----END OPENSSH PRIVATE KEY----- then`)).toBe(
      '[redacted: private-key] then',
    );
    expect(redactCredentials(`a ${start}b3Bl-----END`)).toBe('a [redacted: private-key]-----END');
    const two = `${start}b-----END OPENSSH PRIVATE KEY-----`;
    expect(redactCredentials(`${two}, ${two}`)).toBe('[redacted: private-key], [redacted: private-key]');
  });
});

describe('a link', () => {
  it.each([
    ['?X-Amz-Signature=ab12&x=1', '?[redacted: presigned-url]&x=1'],
    ['?x-amz-credential=A%2F2026', '?[redacted: presigned-url]'],
    ['?X-Amz-Security-Token%3DIQo', '?[redacted: presigned-url]'],
    ['?X-Goog-Signature=ab" rel', '?[redacted: presigned-url]" rel'],
    ['?X-Amz-Signature', '?[redacted: presigned-url]'],
    ['?X-Amz-Expires=60', '?X-Amz-Expires=60'],
    [`?sig=${of(20, 'a%2')}&sv=1`, '?sig=[redacted: presigned-url]&sv=1'],
    [`?a=b&Signature=${of(28, 'a~_')}`, '?a=b&Signature=[redacted: presigned-url]'],
    [`?sig=${of(19)}`, `?sig=${of(19)}`],
    [`?design=${of(20, 'ab')}`, `?design=${of(20, 'ab')}`],
  ])('loses what signs it: %j', (text, plain) => {
    expect(redactCredentials(`https://host/key${text}`)).toBe(`https://host/key${plain}`);
  });

  it.each([
    ['postgres://app:hunter2@db:5432/main', 'postgres://app:[redacted: url-password]@db:5432/main'],
    ['redis://:hunter2@cache', 'redis://:[redacted: url-password]@cache'],
    [
      'https://app:hunter2@a, https://app:other2@b',
      'https://app:[redacted: url-password]@a, https://app:[redacted: url-password]@b',
    ],
    ['https://app@host/path', 'https://app@host/path'],
    ['https://host:8080/a@b', 'https://host:8080/a@b'],
    ['ssh://host and mail:me@host', 'ssh://host and mail:me@host'],
  ])('loses its password: %j', (text, plain) => expect(redactCredentials(text)).toBe(plain));

  it.each([
    [`hooks.slack.com/services/${of(16, 'T/B9')}`, 'hooks.slack.com/services/[redacted: slack-webhook]'],
    [`hooks.slack.com/triggers/${of(30, 'T/B9')}?x`, 'hooks.slack.com/triggers/[redacted: slack-webhook]?x'],
    [`hooks.slack.com/services/${of(15)}`, `hooks.slack.com/services/${of(15)}`],
  ])('of a webhook loses what posts with it: %j', (text, plain) => {
    expect(redactCredentials(`https://${text}`)).toBe(`https://${plain}`);
  });

  it.each(['discord.com', 'discordapp.com'])('of a webhook of %s loses what posts with it', (host) => {
    const link = `https://${host}/api/webhooks/${of(18, DIGITS)}/${of(40, 'a-_9')}`;
    expect(redactCredentials(`${link}?wait`)).toBe(`https://${host}/api/webhooks/[redacted: discord-webhook]?wait`);
  });
});

describe('authorization', () => {
  it.each([
    [`Bearer ${of(16)}`, 'Bearer [redacted: authorization]'],
    [`bearer  ${of(20, 'a1._~+/-')}==, x`, 'bearer  [redacted: authorization], x'],
    [`Bearer ${of(16, 'abcdefgh')}`, `Bearer ${of(16, 'abcdefgh')}`],
    [`Bearer ${of(16, DIGITS)}`, `Bearer ${of(16, DIGITS)}`],
    [`Bearer ${of(15)}`, `Bearer ${of(15)}`],
    [`Forbearer ${of(16)}`, `Forbearer ${of(16)}`],
    [`Basic ${base64('ops:Winter')}`, 'Basic [redacted: authorization]'],
    [`basic   ${base64('user:pass:w')} x`, 'basic   [redacted: authorization] x'],
    ['Basic authentication', 'Basic authentication'],
    [`Basic ${base64('no colon here')}`, `Basic ${base64('no colon here')}`],
    [`Basic ${base64('bell\u0007:x12345')}`, `Basic ${base64('bell\u0007:x12345')}`],
    [`Basic ${base64('x12345:bell\u0007')}`, `Basic ${base64('x12345:bell\u0007')}`],
  ])('%j', (text, plain) => expect(redactCredentials(text)).toBe(plain));
});

describe('a password with its name', () => {
  it.each([
    'password',
    'passwd',
    'passphrase',
    'pass',
    'pwd',
    'PASSWORD',
    'DB_PASSWORD',
    'dbPassword',
    'PGPASSWORD',
    'userpass',
    'secret',
    'token',
    'secret_key',
    'secretKey',
    'secret-access-key',
    'access_token',
    'apiKey',
    'api-key',
    'authToken',
    'account_key',
    'private_key',
    'signingSecret',
    'encryption-key',
    'sharedAccessKey',
    'master_key',
    'client_secret',
    'clientSecret',
    'client-secret',
  ])('%s goes after an equals sign, whatever it is', (name) => {
    expect(redactCredentials(`${name}=abcd`)).toBe(`${name}=[redacted: password]`);
    expect(redactCredentials(`a ${name} = abcd, b`)).toBe(`a ${name} = [redacted: password], b`);
    expect(redactCredentials(`{"${name}": "abc12!"}`)).toBe(`{"${name}": "[redacted: password]"}`);
  });

  it.each([
    ['password: hunter2', 'password: [redacted: password]'],
    ['password: abcde!', 'password: [redacted: password]'],
    ["password='hunter2'; x", "password='[redacted: password]'; x"],
    ['PASSWORD=abcd&user=b', 'PASSWORD=[redacted: password]&user=b'],
    ['password: 1abcde', 'password: [redacted: password]'],
    ['password\t=\tabcd', 'password\t=\t[redacted: password]'],
    // A sentence goes on after a colon.
    ['password: strict', 'password: strict'],
    ['password: mode=strict', 'password: mode=strict'],
    ['password: ab12!', 'password: ab12!'],
    ['token: 123456', 'token: 123456'],
    ['token: 1.2.3.4', 'token: 1.2.3.4'],
    ['password=abc', 'password=abc'],
    ['compass=north, bypass=dns-1, encompass: a1b2c3', 'compass=north, bypass=dns-1, encompass: a1b2c3'],
    ['passwordPolicy=strict', 'passwordPolicy=strict'],
    [
      'arn:aws:secretsmanager:us-east-1:1:secret:prod/db-a1B2c3',
      'arn:aws:secretsmanager:us-east-1:1:secret:prod/db-a1B2c3',
    ],
    ['arn:aws:x:token:prod/db-a1B2c3', 'arn:aws:x:token:prod/db-a1B2c3'],
  ])('%j', (text, plain) => expect(redactCredentials(text)).toBe(plain));

  it.each([
    'arn:aws:x',
    '[hidden]',
    '{{resolve}}',
    '<password>',
    '$DB_PASSWORD',
    '****',
    '%PASSWORD%',
    '(none)',
    'true',
    'FALSE',
    'null',
    'none',
    'undefined',
    'enabled',
    'disabled',
    'required',
    'optional',
    'rotated',
    'rotating',
    'expire',
    'expired',
    'missing',
    'managed',
    'default',
    'unset',
    'empty',
    'changeme',
  ])('stays where %j stands in its place', (value) => {
    expect(redactCredentials(`password=${value}`)).toBe(`password=${value}`);
  });

  it.each(['nonesuch', 'trueblue', 'my-default', 'x<y>'])('goes when it only begins as one of those: %j', (value) => {
    expect(redactCredentials(`password=${value}`)).toBe('password=[redacted: password]');
  });

  it.each([
    ['mysql --password hunter', 'mysql --password [redacted: password]'],
    ['psql --db-password hunter', 'psql --db-password [redacted: password]'],
    ['psql --db-password=abcd x', 'psql --db-password=[redacted: password] x'],
    ['tool --password none', 'tool --password none'],
    ['tool --password abc', 'tool --password abc'],
  ])('goes as an argument: %j', (text, plain) => expect(redactCredentials(text)).toBe(plain));
});

describe('a secret key without a name', () => {
  /** Forty characters whose kind changes so many times. */
  const changing = (times: number, kinds = 'aB3') => {
    const head = of(times + 1, kinds);
    return head + (head.at(-1) ?? '').repeat(40 - head.length);
  };

  it('goes when its kinds of characters change as they do by chance, from 17 times on', () => {
    for (const kinds of ['aB3', 'aB3+', 'aB3/'])
      expect(redactCredentials(changing(17, kinds))).toBe('[redacted: aws-secret-key]');
    expect(redactCredentials(changing(16))).toBe(changing(16));
    const fromTheEnd = [...changing(16)].reverse().join('');
    expect(redactCredentials(fromTheEnd)).toBe(fromTheEnd);
    expect(redactCredentials(changing(16, 'aB3+'))).toBe(changing(16, 'aB3+'));
  });

  it.each([of(40, HEX), of(40, 'aB'), of(40, 'A3'), of(40, 'a3'), of(39), of(41)])('stays: %j', (text) => {
    expect(redactCredentials(text)).toBe(text);
  });

  it.each(['x', '9', '+', '/', '=', '.', '-', '_'])('stays beside %j: it is a part of something else', (neighbour) => {
    for (const text of [`${neighbour}${of(40)}`, `${of(40)}${neighbour}`]) expect(redactCredentials(text)).toBe(text);
  });
});

describe('what has no credential', () => {
  it.each(['', 'web-1', 'Name: web', 'key=value', 'https://host/path', 'i-0123456789abcdef0'])('stays: %j', (text) => {
    expect(redactCredentials(text)).toBe(text);
  });

  it('is no reason to leave a short one with its name', () => {
    expect(redactCredentials('pwd=abcd')).toBe('pwd=[redacted: password]');
    expect(redactCredentials('pwd: hunter2')).toBe('pwd: [redacted: password]');
  });

  it('only the last place of the secret within its form is taken', () => {
    expect(redactCredentials('pass pass=pass1')).toBe('pass pass=[redacted: password]');
    expect(redactCredentials('https://abcd:abcd@host')).toBe('https://abcd:[redacted: url-password]@host');
  });
});
