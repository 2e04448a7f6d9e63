/** The lines that the functions log from now on, as they come. To be called before the first handler, which loads the logger. */
export async function logLines(level: 'DEBUG' | 'INFO'): Promise<string[]> {
  process.env.POWERTOOLS_LOG_LEVEL = level;
  const { divertLog } = await import('../../shared/logger.ts');
  const lines: string[] = [];
  divertLog((line) => void lines.push(line));
  return lines;
}
