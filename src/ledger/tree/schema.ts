import type { FileKind } from '../ledger-file.js';

/** "CAIT" in the file's header. It can be made anew, so a power failure may take the last commits of it. */
export const TREE_FILE: FileKind = {
  what: 'a file of Cairn’s tree',
  applicationId: 0x43_41_49_54,
  version: 1,
  schema: `
CREATE TABLE tiles (
  level INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  hashes BLOB NOT NULL CHECK (length(hashes) > 0 AND length(hashes) <= 8192 AND length(hashes) % 32 = 0),
  PRIMARY KEY (level, idx)
) STRICT;
`,
  synchronous: 'NORMAL',
  damaged: 'tree-damaged',
};
