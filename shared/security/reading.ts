import { clientFor } from '../assume-role.ts';
import type { AwsClient, ClientClass } from '../aws-clients.ts';
import type { Call, Cell } from '../call.ts';
import { FatalError, type ToolError } from '../errors.ts';
import { faultsOf } from '../failures.ts';
import { type Part, Unread } from './control.ts';

/** Detail calls of one list at once: ten services read so, over a few cells, fill the 64 sockets. */
const DETAILS_AT_ONCE = 10;

/** One account and Region while its resources are read: clients, and what could not be read. */
export class Reading implements Cell {
  readonly account: string;
  readonly region: string;
  readonly call: Call;
  /** Whether this is the first Region of the account that is checked: the place to read what the account has once. */
  readonly isFirstOfAccount: boolean;
  /** What failed, each fault once: a hundred buckets denied alike are one entry. */
  readonly faults = new Map<string, ToolError>();
  readonly #shared = new Map<string, Promise<unknown>>();

  constructor({ account, region }: Cell, call: Call, isFirstOfAccount = true) {
    this.account = account;
    this.region = region;
    this.call = call;
    this.isFirstOfAccount = isFirstOfAccount;
  }

  client<C extends AwsClient>(Class: ClientClass<C>, region = this.region): Promise<C> {
    return clientFor(Class, { account: this.account, region }, this.call);
  }

  /** The ARN of something in this account and Region; `resource` is what follows the account. */
  arn(service: string, resource: string): string {
    return `arn:${this.call.self.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** What `read` gives, or why it could not be read. Never throws for a fault of AWS. */
  async part<T>(read: () => Promise<T>): Promise<Part<T>> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof FatalError) throw error;
      const { toFailure, atDeadline } = faultsOf(this.call);
      const fault = this.call.signal.aborted ? atDeadline() : toFailure(error);
      this.faults.set(`${fault.code} ${fault.message}`, fault);
      return new Unread(fault.code);
    }
  }

  /** Reads once what several resources of the cell share, such as a key or a parameter group. */
  once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#shared.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const reading = read();
    this.#shared.set(key, reading);
    return reading;
  }
}

/** `look` at each item, a few side by side, in order. For calls that the list itself cannot spare. */
export async function eachOf<T, R>(items: readonly T[], look: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await look(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(DETAILS_AT_ONCE, items.length) }, worker));
  return results;
}
