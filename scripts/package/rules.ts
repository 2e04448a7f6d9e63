import type { Template } from './cloudformation.ts';
import { functionRules } from './rules-functions.ts';
import { permissionRules } from './rules-permissions.ts';
import { storageRules } from './rules-storage.ts';
import { trustRules } from './rules-trust.ts';

/** A law that every template of the project keeps. */
export interface Rule {
  readonly name: string;
  /** Why it is a law. */
  readonly why: string;
  /** Where a template breaks it, each as one line. */
  find(template: Template): string[];
}

export interface Violation {
  readonly rule: string;
  readonly what: string;
}

export const rules: readonly Rule[] = [...permissionRules, ...trustRules, ...functionRules, ...storageRules];

/** Every place where a template breaks a rule. */
export function violations(template: Template): Violation[] {
  return rules.flatMap((rule) =>
    rule.find(template).map((what) => ({ rule: rule.name, what: `${what} (${rule.why})` })),
  );
}
