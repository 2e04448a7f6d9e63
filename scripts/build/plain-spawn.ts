/**
 * Takes the place of `cross-spawn` in the bundles: it mends what Windows lacks, and as CommonJS it would need a `require`,
 * which an ES module does not have.
 */
export { spawn as default } from 'node:child_process';
