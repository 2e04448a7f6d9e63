/** What a list named may be deleted before it is described: it is then left out, instead of failing the others. */
export async function unlessDeleted<T>(described: Promise<T>): Promise<T | undefined> {
  try {
    return await described;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
