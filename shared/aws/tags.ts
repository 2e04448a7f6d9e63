/** AWS's list of tags as a map. Most services write Key and Value, ECS and a few others key and value. */
export function tagMap(
  tags:
    | readonly {
        Key?: string | undefined;
        Value?: string | undefined;
        key?: string | undefined;
        value?: string | undefined;
      }[]
    | undefined,
): Record<string, string> | undefined {
  if (tags === undefined || tags.length === 0) return undefined;
  return Object.fromEntries(tags.map(({ Key, Value, key, value }) => [Key ?? key ?? '', Value ?? value ?? '']));
}

/** The value of the tag Name, which the console shows as the resource's name. */
export function nameTag(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): string | undefined {
  return tags?.find(({ Key }) => Key === 'Name')?.Value || undefined;
}
