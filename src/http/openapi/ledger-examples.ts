/** Examples of what proves the ledger. Their keys and hashes are made up. */
export const LEDGER_REQUESTS = { rotateKey: { reason: 'Yearly, as our policy says.' } } as const;

const ORIGIN = 'cairn.example/ledger';
const ROOT = 'qkV2nBWwCuDjVPWbQXVUBUCkK+X9ANSGBZFwSl7pAIE=';
const LEAF = 'K8lHzQKxx4HHDDAGuxGRwDuE3DfAIZQfkqEM8dWWqLY=';
const SIBLING = 'gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=';
const SIGNATURE = `— ${ORIGIN} hI2DJw…`;
const VERIFIER_KEY = `${ORIGIN}+848d8327+AZ7Xk0…`;
const CHECKPOINT = `${ORIGIN}\n1044\n${ROOT}\n\n${SIGNATURE}\n`;
const NEW_KEY = `${ORIGIN}+1b7c50d4+AdY3mQ…`;
const STATEMENT = `cairn key rotation v1\n${ORIGIN}\n2000\n${NEW_KEY}\n\n${SIGNATURE}\n— ${ORIGIN} G3xQ1A…\n`;
const KEY = { number: 1, verifierKey: NEW_KEY, fromSize: 2000, statement: STATEMENT };

export const LEDGER_ANSWERS = {
  checkpoint: CHECKPOINT,
  receipt: `c2sp.org/tlog-proof@v1\nextra eyJhY3Rvci…\nindex 1042\n${SIBLING}\n\n${CHECKPOINT}`,
  inclusion: { position: 1042, leafHash: LEAF, size: 1044, root: ROOT, hashes: [SIBLING], checkpoint: CHECKPOINT },
  consistency: { from: 1000, to: 1044, fromRoot: LEAF, toRoot: ROOT, hashes: [SIBLING] },
  keys: { origin: ORIGIN, keys: [{ number: 0, verifierKey: VERIFIER_KEY, fromSize: 0 }, KEY] },
  key: KEY,
} as const;
