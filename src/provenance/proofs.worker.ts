import { parentPort, workerData } from 'node:worker_threads';
import { checkProof } from './check.js';
import type { FromProofWorker, ProofWorkerData, ToProofWorker } from './protocol.js';
import { readTrustedRoot } from './trusted-roots.js';

const port = parentPort;
if (!port) throw new Error('proofs.worker.js runs in a worker thread only');
const instances = (workerData as ProofWorkerData).trustedRoots.map(readTrustedRoot);

port.on('message', ({ id, proof }: ToProofWorker) => {
  port.postMessage({ id, checked: checkProof(proof, instances) } satisfies FromProofWorker);
});
