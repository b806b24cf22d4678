import { drive, summary } from '../support/drive.js';
import { startIssuer } from '../support/issuer.js';
import { remove, startProduct, temporaryFolder } from '../support/process.js';
import { PIPELINE } from '../support/workload.js';
import { fill, KNOWN_GOOD } from './access.js';

const AUDIENCE = 'bench';
const CLAIMS = { repository: 'example/bench', ref: 'refs/heads/main' };

/** The cheapest read that is any use, 32 connections, with a token of the CI and with one that Cairn issued, in turns. */
export async function credentials({ quick, rounds }) {
  const load = quick ? { warmUp: 5_000, requests: 20_000 } : { warmUp: 10_000, requests: 60_000 };
  const folder = temporaryFolder();
  const issuer = await startIssuer();
  const settings = { CAIRN_OIDC_ISSUERS: issuer.url, CAIRN_OIDC_AUDIENCE: AUDIENCE };
  const server = await startProduct(folder, { settings });
  try {
    const tokens = { issued: await fill(server), oidc: await oidcToken(server, issuer) };
    const runs = { issued: [], oidc: [] };
    for (let round = 1; round <= rounds; round++) {
      for (const [kind, token] of Object.entries(tokens)) {
        const result = await drive({ ...load, port: server.port, token, path: KNOWN_GOOD, seed: round });
        if (result.wrong > 0) throw new Error(`${result.wrong} wrong answers, such as ${result.sample}`);
        runs[kind].push(result);
      }
    }
    const [oidc, issued] = [runs.oidc, runs.issued].map(summary);
    return [
      {
        name: 'known-good with a token of the CI, against one that Cairn issued',
        product: oidc.text,
        other: issued.text,
        ratio: oidc.perSecond / issued.perSecond,
        bound: 'at-least',
        target: 0.9,
      },
    ];
  } finally {
    await server.stop();
    issuer.stop();
    remove(folder);
  }
}

async function oidcToken(server, issuer) {
  const oidc = { issuer: issuer.url, claims: CLAIMS };
  const registration = { name: 'Bench', mayBake: ['*'], mayPromoteTo: ['*'], oidc };
  const { status, text } = await server.call('PUT', `/v1/pipelines/${PIPELINE}`, registration);
  if (status !== 200) throw new Error(text);
  return issuer.token({ aud: AUDIENCE, sub: 'repo:example/bench', ...CLAIMS });
}
