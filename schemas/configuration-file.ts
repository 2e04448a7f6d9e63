import * as z from 'zod';
import { bridgeSection } from './bridge-section.ts';
import { runtimeConfiguration } from './configuration.ts';
import { gatewaySection } from './gateway-section.ts';

/** `central-ops.json`: what the tools need at run time, and what deployment and registration need. No function loads it. */
export const configurationFile = runtimeConfiguration
  .extend({ $schema: z.string().optional(), gateway: gatewaySection.prefault({}), bridges: bridgeSection.prefault({}) })
  .refine((value) => value.regions.includes(value.homeRegion), {
    path: ['homeRegion'],
    message: 'must be one of regions',
  });

export type ConfigurationFile = z.output<typeof configurationFile>;
