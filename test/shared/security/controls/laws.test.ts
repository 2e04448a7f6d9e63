import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../../../schemas/security-check.ts';
import type { CheckedService } from '../../../../shared/security/service.ts';

const FOLDER = join(import.meta.dirname, '../../../../shared/security/controls');

const files = readdirSync(FOLDER);
const modules = await Promise.all(files.map((file) => import(join(FOLDER, file)) as Promise<Record<string, unknown>>));
const isService = (value: unknown): value is CheckedService =>
  typeof value === 'object' && value !== null && 'readers' in value && 'controls' in value;
const services = modules.flatMap((module) => Object.values(module).filter(isService));
const controls = services.flatMap((service) => service.controls);

describe('the controls', () => {
  it('have a test beside each file that declares a service', () => {
    const declaring = files.filter((_file, index) => Object.values(modules[index] ?? {}).some(isService));
    expect(declaring.length).toBeGreaterThan(0);
    for (const file of declaring) {
      const path = join(import.meta.dirname, file.replace('.ts', '.test.ts'));
      expect(existsSync(path), `write ${path}: cases for each control`).toBe(true);
    }
  });

  it('have an ID of their own', () => {
    const ids = controls.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it.each(controls.map((control) => [control.id, control] as const))('%s is told in short', (id, control) => {
    expect(id).toMatch(/^([A-Z][A-Za-z0-9]+\.[0-9]+|OPS\.[A-Z0-9]+\.[0-9]+)$/);
    expect(control.fields.length).toBeGreaterThan(0);
    expect(control.title).toMatch(/^.{10,80}$/);
    expect(SEVERITIES).toContain(control.severity);
    expect(control.remediation).toMatch(/^[^\n]{10,150}\.$/);
    expect(control.url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+$/);
  });

  it.each(controls.filter(({ id }) => !id.startsWith('OPS.')).map((control) => [control.id, control] as const))(
    '%s links to its own place in the documentation of Security Hub',
    (id, { url }) => {
      expect(url).toMatch(
        /^https:\/\/docs\.aws\.amazon\.com\/securityhub\/latest\/userguide\/[a-z0-9]+-controls\.html#/,
      );
      expect(url.split('#')[1]).toBe(id.toLowerCase().replace('.', '-'));
    },
  );

  it.each(services.map((service) => [service.name, service] as const))('of %s judge what is read', (name, service) => {
    const read = service.readers.flatMap(({ types }) => types);
    const judged = service.controls.flatMap(({ resourceTypes }) => resourceTypes);
    expect(judged.filter((type) => !read.includes(type))).toEqual([]);
    expect(read.filter((type) => !judged.includes(type))).toEqual([]);
    expect(service.controls.every((control) => control.service === name)).toBe(true);
  });
});
