import type { Filter } from '@aws-sdk/client-rds';
import type { PageRequest } from '../read-pages.ts';

interface RdsInput {
  engine?: string | undefined;
  filters?: Filter[] | undefined;
}

/**
 * What DescribeDBInstances and DescribeDBClusters take alike. A page is 20 to 100 records, and engine is one of their
 * filters (RDS API reference).
 */
export function rdsQuery({ engine, filters = [] }: RdsInput, { token, size }: PageRequest) {
  return {
    Filters: engine === undefined ? filters : [...filters, { Name: 'engine', Values: [engine] }],
    MaxRecords: Math.min(Math.max(size, 20), 100),
    Marker: token,
  };
}
