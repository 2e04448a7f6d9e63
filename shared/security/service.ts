import type { Control, Resource } from './control.ts';
import type { Reading } from './reading.ts';

/** One list of a service: the types of resources it yields, and how it is read. Readers of a service run side by side. */
export interface Reader {
  readonly types: readonly string[];
  /** Throws when the list cannot be read; details that cannot be read are `Unread` in the resource. */
  readonly read: (cell: Reading) => Promise<Resource[]>;
}

/** A service as a check tool sees it: what is read, and the controls that judge it. */
export interface CheckedService {
  readonly name: string;
  readonly readers: readonly Reader[];
  readonly controls: readonly Control[];
}

/** Fixes the types; the controls take the fields that the readers of their resource type give. */
export function checkedService(
  name: string,
  readers: readonly Reader[],
  // biome-ignore lint/suspicious/noExplicitAny: each control names the resource type of its own.
  controls: readonly Control<any>[],
): CheckedService {
  return { name, readers, controls };
}
