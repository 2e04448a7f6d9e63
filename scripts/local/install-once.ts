import { createHash } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Installation {
  /** The folder that holds the installations, such as `.peers`. */
  readonly root: string;
  readonly name: string;
  /** What is installed; other packages are another installation. */
  readonly packages: string;
  /** Hears that it is made, when it is. */
  readonly onInstall: () => void;
  /** Installs into the folder, which is not there yet; its parent is. */
  readonly install: (folder: string) => Promise<void>;
}

/** The folder `<root>/<name>-<hash of the packages>`, made on first use. What failed or was interrupted is made anew. */
export async function installOnce({ root, name, packages, onInstall, install }: Installation): Promise<string> {
  const hash = createHash('sha256').update(packages).digest('hex');
  const folder = join(root, `${name}-${hash.slice(0, 12)}`);
  // In place, because programs in a venv know its path; the mark at the end tells a whole one from an interrupted one.
  const whole = join(folder, 'whole');
  const made = await access(whole).then(
    () => true,
    () => false,
  );
  if (made) return folder;
  onInstall();
  await rm(folder, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  try {
    await install(folder);
    await writeFile(whole, '');
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}
