import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A projection as it is here. */
export interface ProjectionFile {
  /** As it is called on the server. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** Whether it writes links, which the server has to be told. */
  readonly isEmitting: boolean;
}

/** What a projection of Cairn's is called on the server, so that nobody else's is taken for one. */
export const PREFIX = 'cairn-';

/** The same folder from `src/cli/projections/` and from `dist/cli/projections/`. */
const FOLDER = fileURLToPath(new URL('../../../projections/', import.meta.url));

/** Every projection in the folder, by name. */
export function projectionFiles(): ProjectionFile[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.js'))
    .sort()
    .map((file) => {
      const text = readFileSync(`${FOLDER}${file}`, 'utf8');
      const name = `${PREFIX}${file.slice(0, -'.js'.length)}`;
      return { name, file: `projections/${file}`, text, isEmitting: /\b(?:linkTo|emit)\(/.test(text) };
    });
}
