import { checkSecurityServices, serviceStatus } from '../schemas/check-security-services.ts';
import { SECURITY_SERVICES } from '../schemas/security-service.ts';
import { cursorBinding, openCursor } from '../shared/cursor.ts';
import { selectFields } from '../shared/item-fields.ts';
import { assembleStatuses } from '../shared/security/status/answer.ts';
import { readStatuses } from '../shared/security/status/read-statuses.ts';
import { expandTargets, toCells } from '../shared/targets.ts';
import { toolHandler } from '../shared/tool-handler.ts';

export const handler = toolHandler(checkSecurityServices, async (input, call) => {
  // Refuses unknown fields before anything is called.
  selectFields(serviceStatus, input.fields);
  const binding = cursorBinding(checkSecurityServices.name, input);
  const { next_token, services: asked } = input;
  const offset = next_token === undefined ? 0 : openCursor(next_token, call.configuration.cursorSecret, binding).offset;
  const targets = await expandTargets(input, call);
  const cells = toCells(targets);
  const services = SECURITY_SERVICES.filter((service) => asked?.includes(service) ?? true);
  const statuses = await readStatuses(cells, services, call);
  return assembleStatuses({ input, call, targets, cells, services, statuses, binding, offset });
});
