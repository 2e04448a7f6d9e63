import { newAccountRegions } from '../local/simulator/regions.ts';
import { builtInStubs } from '../local/simulator/stubs.ts';

/** What the simulated AWS answers by a typed stub, because moto lacks it or answers it wrongly. */
export function stubbedOperations(): string {
  const services = Object.entries(builtInStubs(newAccountRegions())).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = services.map(
    ([service, operations]) =>
      `| ${service} | ${Object.keys(operations ?? {})
        .sort()
        .join(', ')} |`,
  );
  return [
    'Operations that a typed stub of the simulator answers instead of moto; the call log marks each with `stubbed`.',
    '',
    '| Service | Operations |',
    '| --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
