import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Lets esbuild drop the schemas that a function does not use. The SDK's schema files write every member as a computed
 * key (`{ [_Id]: … }`), which counts as a side effect and keeps all 550 KB of EC2; with the key's text in its place 30 KB
 * are left. It relies on the layout of the SDK's files: test/bundles.test.ts notices when a release changes that.
 */
export const schemaShake: Plugin = {
  name: 'schema-shake',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => ({
      contents: inlineComputedKeys(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** Writes constant texts in place of computed keys. */
export function inlineComputedKeys(source: string): string {
  const texts = new Map([...source.matchAll(/^const (\w+) = ("[^"\n]*");$/gm)].map(([, name, text]) => [name, text]));
  // A plain "__proto__" key would set the prototype, where a computed one makes a property.
  return source.replace(/([{,]\s*)\[(\w+)\]:/g, (computed, before: string, name: string) => {
    const text = texts.get(name);
    return text === undefined || text === '"__proto__"' ? computed : `${before}${text}:`;
  });
}
