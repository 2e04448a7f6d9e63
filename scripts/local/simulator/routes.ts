import { clientModel, type OperationSchema } from './operations.ts';
import type { Service } from './services.ts';

type Route = {
  operation: string;
  method: string;
  path: RegExp;
  labels: string[];
  query: [string, string][];
  literals: number;
};

/** An operation found by its REST route, with the values of the labels in its path. */
export type RouteMatch = { operation: string; labels: Record<string, string> };

// The project has no S3 Control client; these are the operations that tools call.
const s3ControlOperations: OperationSchema[] = [
  ['GetPublicAccessBlock', 'GET'],
  ['PutPublicAccessBlock', 'PUT'],
  ['DeletePublicAccessBlock', 'DELETE'],
].map(([name = '', method = '']) => ({
  name,
  input: undefined,
  output: undefined,
  http: { method, uri: '/v20180820/configuration/publicAccessBlock' },
}));

const routesByService = new Map<string, Route[]>();

/** The operation of a REST service that a method, a path and a query string stand for; undefined when there is none. */
export function matchRoute(service: Service, method: string, url: URL): RouteMatch | undefined {
  if (service.name === 's3') return matchS3(service, method, url);
  return bestMatch(routesOf(service), method, url.pathname, url.searchParams);
}

// S3 paths start with the bucket, which the client's templates leave out because the endpoint rules add it.
function matchS3(service: Service, method: string, url: URL): RouteMatch | undefined {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/.exec(url.pathname) ?? [];
  const labels: Record<string, string> = bucket === '' ? {} : { Bucket: decodeURIComponent(bucket) };
  const id = url.searchParams.get('x-id');
  if (id !== null) return { operation: id, labels };
  if (bucket === '') return method === 'GET' ? { operation: 'ListBuckets', labels } : undefined;
  const routes = routesOf(service).filter(({ operation }) => !/DirectoryBuckets|^ListBuckets$/.test(operation));
  const match = bestMatch(routes, method, `/${key}`, url.searchParams);
  return match && { operation: match.operation, labels: { ...match.labels, ...labels } };
}

function bestMatch(routes: Route[], method: string, path: string, query: URLSearchParams): RouteMatch | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const match = route.path.exec(path);
    if (
      !match ||
      !route.query.every(([name, value]) => query.has(name) && (value === '' || query.get(name) === value))
    ) {
      continue;
    }
    const labels = route.labels.map((label, index) => [label, decodeURIComponent(match[index + 1] ?? '')]);
    return { operation: route.operation, labels: Object.fromEntries(labels) };
  }
  return undefined;
}

function routesOf(service: Service): Route[] {
  let routes = routesByService.get(service.name);
  if (!routes) {
    const operations =
      service.name === 's3-control' ? s3ControlOperations : [...(clientModel(service)?.operations.values() ?? [])];
    routes = operations.flatMap(toRoute).sort((one, other) => other.literals - one.literals);
    routesByService.set(service.name, routes);
  }
  return routes;
}

function toRoute({ name, http }: OperationSchema): Route[] {
  if (!http) return [];
  const [path = '', queryText = ''] = http.uri.split('?');
  const segments = path.split('/').filter((segment) => segment !== '');
  const labels = segments.flatMap((segment) => /^\{(.+?)\+?\}$/.exec(segment)?.[1] ?? []);
  const pattern = segments.map((segment) => {
    if (!segment.startsWith('{')) return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return segment.endsWith('+}') ? '(.+)' : '([^/]+)';
  });
  const query = [...new URLSearchParams(queryText)].filter(([key]) => key !== 'x-id');
  const literals = (segments.length - labels.length) * 2 + query.length * 3;
  return [
    { operation: name, method: http.method, path: new RegExp(`^/${pattern.join('/')}/?$`), labels, query, literals },
  ];
}
