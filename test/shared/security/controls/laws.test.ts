import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
      expect(readFileSync(path, 'utf8'), `${path}: the laws of each control`).toContain('testControls(');
    }
  });

  it('have an ID of their own', () => {
    const ids = controls.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
});
