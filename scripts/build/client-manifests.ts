import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Each SDK client imports its whole package.json for the version in the user agent: 2 KB apiece, of which 20 bytes are used. */
export const clientManifests: Plugin = {
  name: 'client-manifests',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
