import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { borrowEnvironment } from './local/environment.ts';
import { onLogLine } from './local/functions.ts';
import { answerQuestions } from './readme/questions.ts';
import { replaceSection } from './readme/section.ts';

// Writes the answers of the demo organization into the README; a test holds them to be current.
const PATH = join(import.meta.dirname, '..', 'README.md');
const environment = await borrowEnvironment({});
try {
  Object.assign(process.env, environment.variables);
  onLogLine(() => {});
  writeFileSync(PATH, replaceSection(readFileSync(PATH, 'utf8'), 'questions', await answerQuestions()));
} finally {
  await environment.stop();
}
process.exit();
