import { controlsOn, info, type Part, pass, type Resource } from '../control.ts';
import type { KeyManager } from '../kms.ts';

interface Encrypted extends Resource {
  readonly KeyManager: Part<KeyManager>;
}

const HELD_BY: Readonly<Record<Exclude<KeyManager, 'CUSTOMER'>, string>> = {
  AWS: 'key managed by AWS',
  AWS_OWNED: 'key owned by AWS',
  NONE: 'not encrypted',
};

/**
 * Whether the key is the customer's own, so that its policy can withhold the data. A choice, not a fault: it informs.
 * Encryption itself is the matter of the service's other controls.
 */
export function customerKeyControl(service: string, id: string, what: string, ...types: readonly string[]) {
  return controlsOn<Encrypted>(
    service,
    ...types,
  )({
    id,
    title: `${what} is encrypted with a customer-managed key`,
    severity: 'INFORMATIONAL',
    fields: ['KeyManager'],
    remediation: 'Choose a customer-managed KMS key where a key policy should decide who reads the data.',
    url: 'https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-mgmt',
    judge: ({ KeyManager }) => (KeyManager === 'CUSTOMER' ? pass('customer-managed key') : info(HELD_BY[KeyManager])),
  });
}
