/**
 * Values of which the SDK alone sends a signed request for a good part, some of them to other hosts. The first are those
 * that were seen to go out (JS SDK 3.1169 accepts any host label as a Region) and the classes of the advisories on it.
 */
const KNOWN = [
  ...[
    'abcd',
    '12345',
    'localhost',
    'null',
    'undefined',
    'true',
    'constructor',
    'toString',
    'us--east--1',
    '*',
    'US-EAST-1',
  ],
  ...[
    'aws-global',
    'fips-us-east-1',
    'us-east-1-fips',
    'xx-fake-9',
    'cn-north-1',
    'us-iso-east-1',
    'eusc-de-east-1',
    'us-gov-west-1',
  ],
  ...[
    'x@attacker.example:443/#',
    'us-east-1.attacker.example',
    'us-east-1/../',
    'us-east-1\r\nHost: a',
    'us-east-1\n',
    ' ',
    ',',
  ],
  ...[
    'ｕs-east-1',
    'us-eаst-1',
    'us‐east‐1',
    'us-east-1\u200b',
    'us-east-1\u0000',
    '127.0.0.1',
    '[::1]',
    '169.254.169.254',
    'A'.repeat(63),
  ],
  ...[
    'us-east-1;',
    'us-east-1,attacker',
    'us-east-1,',
    ',us-east-1',
    'all,us-east-1',
    'all,all',
    'ALL',
    'us-east-1%2e',
    '__proto__',
  ],
];

const PARTS = ['us-east-1', 'eu-west-1', 'x', '', 'attacker.example', '10.0.0.1', 'é', '０'];
const JOINTS = [
  '@',
  '/',
  '\\',
  ':',
  '.',
  '#',
  '?',
  '%00',
  '\t',
  '\r\n',
  ';',
  '$',
  '{',
  '|',
  '\u202e',
  '_',
  '~',
  '!',
  '..',
  '--',
];

/** A thousand different values that are no configured Region. */
export const HOSTILE_REGIONS: readonly string[] = [
  ...new Set([
    ...KNOWN,
    ...PARTS.flatMap((left) => JOINTS.flatMap((joint) => PARTS.map((right) => left + joint + right))),
  ]),
]
  // White space around a name is taken away before it is compared with the list.
  .filter((value) => !/^(all|us-east-1|eu-west-1)$/.test(value.trim()))
  .slice(0, 1_000);
