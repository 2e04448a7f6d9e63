/**
 * Takes the place of `@modelcontextprotocol/client/_shims` in the bundles, where the JSON Schema validator is 120 KB and
 * compiles text to code. The bridges pass on what a server answers as data and judge no output schema.
 */
export const CORS_IS_POSSIBLE = false;

export class DefaultJsonSchemaValidator {
  getValidator() {
    return (data: unknown) => ({ valid: true as const, data, errorMessage: undefined });
  }
}
