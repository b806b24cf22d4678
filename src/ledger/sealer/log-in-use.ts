import type { SealRegister } from '../../event-store/seal-register.js';
import type { Signer } from '../note/keys.js';
import { SealError } from '../seal-errors.js';
import type { LogKey } from '../sealed-ledger.js';
import type { SealStore, SealsOptions } from '../seals/store.js';
import type { LogFiles } from './files.js';
import { openLog, type LogSettings } from './open-log.js';
import { openSharedLog } from './open-shared-log.js';
import { rotateKeyFile } from './rotation.js';
import { SharedLog } from './shared-log.js';

/** The log of a data folder, as the sealer uses it. */
export interface LogInUse {
  readonly origin: string;
  readonly seals: SealStore;
  /** Who signs now; undefined where another server does. */
  readonly signer: () => Signer | undefined;
  /** Replaces the key in the data folder. @returns undefined where the sealer has to look first what others signed */
  readonly rotate: () => LogKey | Promise<LogKey | undefined>;
  /** Where several servers sign it. */
  readonly shared?: SharedLog;
}

export interface Sharing extends SealsOptions {
  /** Undefined for a ledger that one server has for itself. */
  readonly register: SealRegister | undefined;
  readonly onKey?: () => void;
}

/** @throws SealError, StoreError when it cannot be opened */
export async function takeLog(files: LogFiles, settings: LogSettings, sharing: Sharing): Promise<LogInUse> {
  const { register, onKey, ...options } = sharing;
  if (!register) return takeOwnLog(files, settings, options);
  const { origin, seals, keyring } = await openSharedLog(files, settings, register, options);
  const { at } = options;
  const ports = { register, seals, origin, keyring, ...(onKey && { onKey }), ...(at && { at }) };
  const shared = new SharedLog(ports);
  return { origin, seals, shared, signer: () => shared.signer(), rotate: () => shared.rotate() };
}

function takeOwnLog(files: LogFiles, settings: LogSettings, options: SealsOptions): LogInUse {
  const { origin, seals, signer: first } = openLog(files, settings, options);
  let signer = first;
  const rotate = (): LogKey => {
    if (settings.signingKey !== undefined) {
      throw new SealError('key-differs', 'The key is given by CAIRN_SIGNING_KEY, and is replaced there.');
    }
    const rotated = rotateKeyFile(files, { seals, origin, signer }, options.at);
    signer = rotated.signer;
    return rotated.key;
  };
  return { origin, seals, signer: () => signer, rotate };
}
