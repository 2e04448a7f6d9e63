// The Regions that every account has without opting in.
const defaultRegions = [
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
  ...['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1', 'eu-north-1'],
  ...['ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2'],
];

const optInRegions = [
  ...['af-south-1', 'ap-east-1', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ca-west-1', 'eu-central-2'],
  ...['eu-south-1', 'eu-south-2', 'il-central-1', 'me-central-1', 'me-south-1'],
];

/** Which Regions the simulated accounts have; tests may change both lists. */
export type Regions = {
  /** Regions that answer. */
  enabled: string[];
  /** Regions that exist and have not been opted in to: calls there are refused as AWS refuses them. */
  notOptedIn: string[];
};

/** The state of a new account: the 17 default Regions on, the opt-in Regions off. */
export function newAccountRegions(): Regions {
  return { enabled: [...defaultRegions], notOptedIn: [...optInRegions] };
}

/** Whether a Region is on without opting in. */
export function isDefaultRegion(region: string): boolean {
  return defaultRegions.includes(region);
}
