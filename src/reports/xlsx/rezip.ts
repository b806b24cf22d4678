import { unzipSync, zipSync } from 'fflate';

/** The archive with the same contents and no trace of when or where it was packed. */
export function rezip(archive: Uint8Array): Uint8Array {
  // A zip file has local times without a zone: this one is the same everywhere.
  return zipSync(unzipSync(archive), { mtime: new Date(1980, 0, 1), level: 6 });
}
