import type { Authorizer } from './authorizer.ts';

const PROTECTED_RESOURCE = '/.well-known/oauth-protected-resource';

/**
 * The discovery documents, given without authentication. What there is not, is a 404 in JSON: clients take any other answer
 * for a broken login. The document stands at the root and, as RFC 9728 forms it, with the path of the resource behind it.
 */
export function wellKnown(path: string, host: string, { protectedResource }: Authorizer): Response {
  if (protectedResource !== undefined && (path === PROTECTED_RESOURCE || path === `${PROTECTED_RESOURCE}/mcp`)) {
    return Response.json(protectedResource(`http://${host}/mcp`));
  }
  return Response.json({ error: 'not_found', error_description: `${path} is not served here.` }, { status: 404 });
}
