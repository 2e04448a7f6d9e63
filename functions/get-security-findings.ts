import { finding, getSecurityFindings } from '../schemas/get-security-findings.ts';
import { cursorBinding, openCursor } from '../shared/cursor.ts';
import { selectFields } from '../shared/item-fields.ts';
import { assembleFindings } from '../shared/security/findings/answer.ts';
import { checkQuestion } from '../shared/security/findings/question.ts';
import { readFindings, readOverviews } from '../shared/security/findings/read-findings.ts';
import { SOURCES } from '../shared/security/findings/sources.ts';
import { Reading } from '../shared/security/reading.ts';
import { cellsFrom, expandTargets, toCells } from '../shared/targets.ts';
import { toolHandler } from '../shared/tool-handler.ts';

export const handler = toolHandler(getSecurityFindings, async (input, call) => {
  const fields = selectFields(finding, input.fields);
  const query = await checkQuestion(input, call);
  const { max_findings, next_token, ...question } = input;
  const max = max_findings ?? input.max_results;
  const binding = cursorBinding(getSecurityFindings.name, question);
  const start = next_token === undefined ? undefined : openCursor(next_token, call.configuration.cursorSecret, binding);
  const source = SOURCES[input.service];
  const asked = await expandTargets(input, call);
  const targets = source.scope === 'cell' ? asked : { ...asked, regions: [call.configuration.homeRegion] };
  const readings = cellsFrom(start, toCells(targets)).map((cell) => new Reading(cell, call));
  // Counts and findings side by side: they share what both need, such as the detector.
  const [overviews, pages] = await Promise.all([
    start === undefined ? readOverviews(readings, source, query, input.check_enabled, call) : [],
    readFindings(readings, source, query, { start, max, fields, call }),
  ]);
  return assembleFindings({ input, max, call, targets, source, query, readings, pages, overviews, start, binding });
});
