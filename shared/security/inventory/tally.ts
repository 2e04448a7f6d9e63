import { neutralise } from '../../untrusted-text.ts';

/** Counts resources by service and type; the resources themselves are not kept. */
export class Tally {
  readonly #types = new Map<string, number>();

  add(arn: string, service?: string, type?: string): void {
    // Before it is taken apart: a part of a credential has no form to know it by.
    const plain = neutralise(arn);
    const key = keyOf(neutralise(service ?? serviceOf(plain)), neutralise(type ?? typeOf(plain)));
    this.#types.set(key, (this.#types.get(key) ?? 0) + 1);
  }

  addAll(types: Readonly<Record<string, number>>): void {
    for (const [type, count] of Object.entries(types)) this.#types.set(type, (this.#types.get(type) ?? 0) + count);
  }

  /** The counts, the largest first. */
  counts() {
    const services = new Map<string, number>();
    for (const [type, count] of this.#types) {
      const service = type.slice(0, type.indexOf(':'));
      services.set(service, (services.get(service) ?? 0) + count);
    }
    return {
      services: [...services.keys()].sort(),
      service_counts: Object.fromEntries([...services].sort(largest)),
      resource_type_counts: Object.fromEntries([...this.#types].sort(largest)),
      total_resources: [...services.values()].reduce((sum, count) => sum + count, 0),
    };
  }
}

function keyOf(service: string, type: string): string {
  return type.startsWith(`${service}:`) ? type : `${service}:${type}`;
}

function largest([a, many]: [string, number], [b, more]: [string, number]): number {
  return more - many || (a < b ? -1 : 1);
}

/** arn:<partition>:<service>:<Region>:<account>:<resource> */
function serviceOf(arn: string): string {
  return arn.split(':')[2] || 'unknown';
}

/** Services whose resource in an ARN is a name and nothing else. */
const NAMELESS: Readonly<Record<string, string>> = { s3: 'bucket', sns: 'topic', sqs: 'queue' };

/** `instance` of instance/i-1, `function` of function:name; API Gateway's begins with a stroke. */
function typeOf(arn: string): string {
  const resource = arn.split(':').slice(5).join(':').replace(/^\//, '');
  const [type = '', rest] = resource.split(/[:/](.*)/s);
  return rest === undefined ? (NAMELESS[serviceOf(arn)] ?? 'resource') : type;
}
