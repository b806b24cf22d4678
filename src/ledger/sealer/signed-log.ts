import { existsSync } from 'node:fs';
import type { EventReader } from '../../event-store/port.js';
import { SealError } from '../seal-errors.js';
import { UNSEALED, type KeyRotation, type Seal, type SealedLedger } from '../sealed-ledger.js';
import { SealsReader } from '../seals/reader.js';
import { parseWitnesses } from '../witness/settings.js';
import { checkSigned } from './check-seals.js';
import { logFiles } from './files.js';
import { ShownTree } from './shown-tree.js';

export interface SignedLogOptions {
  readonly folder: string;
  readonly events: Pick<EventReader, 'readAll'>;
  readonly log: (line: string) => void;
  /** As the setting has them. */
  readonly witnesses: string;
  /** So many must have cosigned what is shown. */
  readonly witnessesRequired: number;
}

const NOT_MADE = 'The tree is not what was signed, and is made anew only by a server that seals';

/** What was signed before sealing was switched off: it holds as it did, and can still be asked for. */
export interface SignedLog extends SealedLedger, KeyRotation {
  close(): void;
}

/** Reads the log of the data folder, in which nothing is signed now. Where there is none, there is nothing to show. */
export function openSignedLog(options: SignedLogOptions): SignedLog {
  const { seals: file } = logFiles(options.folder);
  try {
    if (existsSync(file)) return readSignedLog(SealsReader.open(file), options);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    options.log(`What was signed cannot be shown: ${error.message}`);
  }
  return { ...UNSEALED, close: () => undefined };
}

function readSignedLog(seals: SealsReader, options: SignedLogOptions): SignedLog {
  const { folder, events, log } = options;
  try {
    const shown = new ShownTree({ file: logFiles(folder).tree, events, log, onDamage: () => NOT_MADE });
    const [origin, keys] = [seals.origin() ?? '', seals.keys()];
    shown.show(lastShown(seals, origin, options));
    return {
      ...UNSEALED,
      origin,
      keys: () => keys,
      newest: () => shown.newest(),
      tile: (...tile) => shown.tile(...tile),
      entries: (...tile) => shown.entries(...tile),
      inclusionProof: (...proof) => shown.inclusionProof(...proof),
      consistencyProof: (...proof) => shown.consistencyProof(...proof),
      waitFor: (position) => Promise.resolve(position < (shown.newest()?.size ?? 0)),
      close: () => shown.close(),
    };
  } finally {
    // Nobody adds to it while nothing is signed.
    seals.close();
  }
}

/** The newest that could be shown while it was sealed; none where it is not what the log's key has signed. */
function lastShown(seals: SealsReader, origin: string, options: SignedLogOptions): Seal | undefined {
  const { witnesses, witnessesRequired, log } = options;
  const keys = parseWitnesses(witnesses).map(({ verifier }) => verifier.text);
  const last = witnessesRequired > 0 ? seals.seal(seals.quorumSize(keys, witnessesRequired)) : seals.last();
  try {
    if (last) checkSigned(seals, origin, last);
    return last;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    log(`No checkpoint is shown: ${error.message}`);
    return undefined;
  }
}
