type OneOrMany = string | readonly string[];

interface Statement {
  readonly Effect?: string;
  readonly Principal?: OneOrMany | { readonly AWS?: OneOrMany };
  readonly Action?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;
}

/** The statements of a bucket policy. */
export type BucketPolicy = readonly Statement[];

/** Throws where the text is no policy document. */
export function parsePolicy(text: string | undefined): BucketPolicy | null {
  if (text === undefined || text === '') return null;
  const { Statement } = JSON.parse(text) as { Statement?: Statement | readonly Statement[] };
  return list(Statement);
}

/** Whether the policy denies every request for the bucket's objects that does not come over TLS. */
export function deniesPlainHttp(policy: BucketPolicy, bucket: string): boolean {
  return policy.some(
    (statement) =>
      statement.Effect === 'Deny' &&
      isEveryone(statement.Principal) &&
      list(statement.Action).some((action) => action === '*' || action.toLowerCase() === 's3:*') &&
      list(statement.Resource).some((resource) => resource === '*' || resource.endsWith(`:${bucket}/*`)) &&
      isPlainHttp(statement.Condition),
  );
}

function isEveryone(principal: Statement['Principal']): boolean {
  if (typeof principal === 'object' && !Array.isArray(principal))
    return list((principal as { AWS?: OneOrMany }).AWS).includes('*');
  return list(principal as OneOrMany | undefined).includes('*');
}

/** A second condition would narrow the denial, so the one on TLS must stand alone. A minimum version of TLS shuts out HTTP too. */
function isPlainHttp(condition: Statement['Condition'] = {}): boolean {
  const tests = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => [operator.toLowerCase(), key.toLowerCase(), list(value)] as const),
  );
  const [only] = tests;
  if (only === undefined || tests.length > 1) return false;
  const [operator, key, values] = only;
  if (key === 'aws:securetransport') return /^bool(ifexists)?$/.test(operator) && String(values[0]) === 'false';
  return key === 's3:tlsversion' && /^numericlessthan(ifexists)?$/.test(operator);
}

function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
