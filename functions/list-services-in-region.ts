import { inventory, listServicesInRegion } from '../schemas/list-services-in-region.ts';
import { cursorBinding, openCursor } from '../shared/cursor.ts';
import { selectFields } from '../shared/item-fields.ts';
import { assembleInventory } from '../shared/security/inventory/answer.ts';
import { readInventories } from '../shared/security/inventory/read-inventory.ts';
import { expandTargets, toCells } from '../shared/targets.ts';
import { toolHandler } from '../shared/tool-handler.ts';

export const handler = toolHandler(listServicesInRegion, async (input, call) => {
  // Refuses unknown fields before anything is called.
  selectFields(inventory, input.fields);
  const binding = cursorBinding(listServicesInRegion.name, input);
  const { next_token } = input;
  const offset = next_token === undefined ? 0 : openCursor(next_token, call.configuration.cursorSecret, binding).offset;
  const targets = await expandTargets(input, call);
  const outcomes = await readInventories(toCells(targets), call);
  return assembleInventory({ input, call, targets, outcomes, binding, offset });
});
