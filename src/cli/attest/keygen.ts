import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { keyIdOf } from '../../provenance/keys.js';
import { CliError } from '../errors.js';

/** `cairn attest keygen`: an Ed25519 key in two files, which are never written over. */
export function makeKey({ out }: { readonly out: string }): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  writeNew(out, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  writeNew(`${out}.pub`, pem, 0o644);
  console.error(`The private key is in ${out}: it signs for the pipeline, so give it to nobody else.
The public key is in ${out}.pub. An administrator registers it for the pipeline, here "shop":

  curl -H "authorization: Bearer $CAIRN_TOKEN" -H 'content-type: application/json' \\
    "$CAIRN_URL/v1/pipelines/shop/keys" -d '${JSON.stringify({ publicKey: pem })}'

Its id, there and in each signature:`);
  console.log(keyIdOf(publicKey));
}

function writeNew(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text, { mode, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CliError('usage', `${file} is there already, and a key is not written over.`, undefined, {
      cause: error,
    });
  }
}
