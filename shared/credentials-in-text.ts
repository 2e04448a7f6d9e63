interface Kind {
  /** What stands in the place of a credential: `[redacted: <name>]`. */
  readonly name: string;
  /** Each regular expression takes linear time: test/trust/regexes.test.ts. The whole match goes, or its group `secret`. */
  readonly form: RegExp;
  /** Decides where the form alone would take ordinary text with it. */
  readonly isOne?: (secret: string, whole: string) => boolean;
}

/**
 * A name that says what its value is, and the value; PGPASSWORD is one. Not the part of an ARN that says secret: or token:,
 * and neither a compass nor a bypass.
 */
const NAMED =
  /(?<!:)(?:(?<!by|com)pass(?:word|wd|phrase)?|pwd|(?:secret|access|api|auth|account|private|signing|encryption|shared|master)[_-]?key|secret|token)["']?\s{0,3}[=:]\s{0,3}["']?(?<secret>[^\s"'&,;]{4,})/gi;

/** The longest first where one form begins as another does. Prefixes are those that the issuers publish for scanners. */
const KINDS: readonly Kind[] = [
  // With the body, or as much of it as is there: a header alone is no secret.
  {
    name: 'private-key',
    form: /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END)[\s\S])*(?:-----END [A-Z0-9 ]{0,30}-----)?/g,
  },
  {
    name: 'presigned-url',
    form: /\bX-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)(?:(?:=|%3D)[^&\s"'<>]*)?/gi,
  },
  // SAS of Azure Storage, CloudFront's and S3's older signatures.
  { name: 'presigned-url', form: /[?&](?:sig|Signature)=(?<secret>[A-Za-z0-9%+/=_~-]{20,})/g },
  { name: 'url-password', form: /:\/\/[^\s/:@"'<>]{0,100}:(?<secret>[^\s/@"'<>]{1,200})@/g },
  { name: 'slack-webhook', form: /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[A-Za-z0-9/]{16,})/g },
  { name: 'discord-webhook', form: /discord(?:app)?\.com\/api\/webhooks\/(?<secret>[0-9]{16,20}\/[\w-]{40,})/g },
  { name: 'jwt', form: /\beyJ[\w-]*(?:\.[\w-]*)*/g, isOne: (text) => /^[\w-]{12,}\.[\w-]{4,}\./.test(text) },
  { name: 'aws-access-key', form: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g },
  { name: 'aws-session-token', form: /\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/]{40,}={0,2}/g },
  { name: 'anthropic-key', form: /\bsk-ant-[\w-]{20,}/g },
  { name: 'openai-key', form: /\bsk-(?:(?:proj|svcacct|admin|service)-[\w-]{20,}|[A-Za-z0-9]{32,})/g },
  { name: 'github-token', form: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/g },
  {
    name: 'gitlab-token',
    form: /\bgl(?:pat|ptt|dt|rt|ft|soat|agent|cbt|imt|oas)-[\w-]{20,}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?/g,
  },
  { name: 'slack-token', form: /\bxox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}|\bxapp-[0-9]-[A-Za-z0-9-]{10,}/g },
  { name: 'stripe-key', form: /\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{24,}={0,2})/g },
  { name: 'npm-token', form: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { name: 'pypi-token', form: /\bpypi-AgE[\w-]{50,}/g },
  { name: 'google-key', form: /\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{20,})/g },
  { name: 'azure-secret', form: /\b\w{3}[0-9]Q~[\w.~-]{31,34}/g },
  { name: 'vault-token', form: /\bhv[sbr]\.[\w-]{24,}/g },
  { name: 'sendgrid-key', form: /\bSG\.[\w-]{22}\.[\w-]{43}/g },
  {
    name: 'token',
    form: /\b(?:dop_v1_[0-9a-f]{64}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|dapi[0-9a-f]{32}|hf_[A-Za-z0-9]{34,}|dckr_pat_[\w-]{27,}|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|NRAK-[A-Z0-9]{27}|ATATT3[\w=-]{100,})/g,
  },
  { name: 'authorization', form: /\bBearer\s{1,4}(?<secret>[\w.~+/-]{16,}={0,2})/gi, isOne: isMixed },
  { name: 'authorization', form: /\bBasic\s{1,4}(?<secret>[A-Za-z0-9+/]{8,}={0,2})/gi, isOne: isUserAndPassword },
  { name: 'password', form: NAMED, isOne: isPassword },
  { name: 'password', form: /--(?:[a-z]+-){0,3}password[ =](?<secret>[^\s"']{4,})/g, isOne: isPassword },
  { name: 'aws-secret-key', form: /(?<![\w+/=.-])(?<secret>[A-Za-z0-9+/]{40})(?![\w+/=.-])/g, isOne: looksRandom },
];

/**
 * Whether a text can hold any of the kinds at all. Nearly no text does, and this is all that such a text costs. Each mark is
 * a part that the forms above cannot be without.
 */
const MARK =
  /AKIA|ASIA|ABIA|ACCA|ATATT3|AIza|eyJ|PRIVATE KEY|:\/\/[^\s/]{0,300}@|JpZ2lu|ZXIvYXdz|sk-|gh[pousr]_|github_pat|\bgl[a-z]{2,5}[-_]|xox|xapp-|[sr]k_|whsec_|npm_|pypi-|GOCSPX|ya29|Q~|hv[sbr]\.|SG\.|dop_|shp|dapi|hf_|dckr|NRAK|[A-Za-z0-9+/]{40}/;

/** As `MARK`, for the forms in any case. */
const WORD =
  /-(?:signature|credential|security-token)|sig(?:nature)?=|hooks|bearer\s|basic\s|(?:pass|pwd|secret|token|key)\w{0,6}["']?\s{0,3}[=: ]/i;

/** The shortest value that a name makes a credential, as in the form above. */
const SHORTEST_NAMED = 4;

/** The shortest credential that stands alone; a shorter one has its name, `=`, `:` or a space before it. */
const SHORTEST_ALONE = 15;

/**
 * A text with the credentials that are recognisable by their form replaced: `[redacted: jwt]`. It is a second net under the
 * allow-list of fields, for names, tags and descriptions that people wrote a credential into. Account IDs, ARNs, IP
 * addresses, digests and resource IDs stay.
 */
export function redactCredentials(text: string): string {
  if (text.length < SHORTEST_ALONE && !/[=:\s]/.test(text)) return text;
  if (!MARK.test(text) && !WORD.test(text)) return text;
  let plain = text;
  for (const { name, form, isOne = () => true } of KINDS) {
    plain = plain.replace(form, (whole: string, ...rest: unknown[]) => {
      // The named groups come last; of a form without one it is the text.
      const { secret = whole } = rest.at(-1) as { secret?: string };
      if (!isOne(secret, whole)) return whole;
      const start = whole.lastIndexOf(secret);
      return `${whole.slice(0, start)}[redacted: ${name}]${whole.slice(start + secret.length)}`;
    });
  }
  return plain;
}

/**
 * As `redactCredentials`, for a value that has a name, as a tag has: what stands under `DB_PASSWORD` or `app:token` is one,
 * whatever its form.
 */
export function redactNamed(name: string, value: string): string {
  const last = name.slice(name.lastIndexOf(':') + 1);
  const isSecret = `${last}=${'x'.repeat(SHORTEST_NAMED)}`.search(NAMED) !== -1;
  if (!isSecret || value.length < SHORTEST_NAMED || NO_VALUE.test(value)) return value;
  return '[redacted: password]';
}

/** Letters and digits both: a word of a sentence has no digits. */
function isMixed(text: string): boolean {
  return /[0-9]/.test(text) && /[A-Za-z]/.test(text);
}

/** What HTTP's Basic scheme carries is base64 of `user:password`. */
function isUserAndPassword(text: string): boolean {
  return /^[\x20-\x39\x3b-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(text, 'base64').toString('latin1'));
}

/** Said in the place of a value: references, states and placeholders. */
const NO_VALUE =
  /^(?:arn:|[[{<$*%(]|(?:true|false|null|none|undefined|enabled|disabled|required|optional|rotat\w*|expired?|missing|managed|default|unset|empty|changeme)\b)/i;

/** After `=` nearly anything is a value; after a colon a sentence may go on, whose words have no digits or signs. */
function isPassword(secret: string, whole: string): boolean {
  if (NO_VALUE.test(secret)) return false;
  if (whole.slice(0, whole.lastIndexOf(secret)).includes('=') || whole.startsWith('--')) return true;
  return secret.length >= 6 && /[0-9!@#$%^*+~]/.test(secret) && !/^[0-9.]+$/.test(secret);
}

/**
 * Forty characters of base64 as AWS makes them: the kind of character (upper case, lower case, digit, sign) changes some 25
 * times. A path, a name in camel case or a digest in hexadecimal has fewer changes or fewer kinds.
 */
function looksRandom(text: string): boolean {
  const alphabets = [/[A-Z]/, /[a-z]/, /[0-9]/];
  if (!alphabets.every((alphabet) => alphabet.test(text))) return false;
  // A sign is in none of them: -1.
  const kinds = [...text].map((character) => alphabets.findIndex((alphabet) => alphabet.test(character)));
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length >= 17;
}
