import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { pathOf, SERVICES, singles } from './workload.js';

/**
 * The load, in a process of its own. Plain sockets, one request at a time on each, bytes made before the clock starts:
 * a richer client would take more of the two cores than it measures.
 */
process.once('message', async (task) => {
  const result = await run(task);
  // The connections are still open and would keep this process; it is done once the answer is on its way.
  process.send(result, () => process.exit(0));
});

/**
 * With a `path`, that is read again and again; with `bakes`, a file of bodies of bakes, a line each, those are sent; else
 * bakes and promotions are.
 */
async function run({ port, token, connections, warmUp, requests, seed, path, bakes }) {
  const bodies = bakes && readFileSync(bakes, 'utf8').trimEnd().split('\n');
  const callers = Array.from({ length: connections }, (_, index) =>
    callerOf({ port, token, connections, index, seed, path, bodies }),
  );
  const each = (count) => Math.ceil(count / connections);
  await measure(callers, each(warmUp));
  return measure(callers, each(requests));
}

async function measure(callers, countEach) {
  for (const caller of callers) caller.prepare(countEach);
  const startedAt = performance.now();
  const results = await Promise.all(callers.map((caller) => caller.send()));
  const tookMs = performance.now() - startedAt;
  const latencies = results.flatMap((result) => result.latencies);
  const wrong = results.flatMap((result) => result.wrong);
  const at = (part) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))];
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (latencies.length * 1_000) / tookMs,
    p50: at(0.5),
    p99: at(0.99),
    wrong: wrong.length,
    sample: wrong[0],
  };
}

function callerOf({ port, token, connections, index, seed, path, bodies }) {
  const services = Array.from({ length: SERVICES }, (_, service) => service).filter((n) => n % connections === index);
  const own = bodies?.filter((_, n) => n % connections === index);
  const stream = own ? bakesOf(own) : singles(seed * 1_000 + index, services);
  const socket = connect(port, '127.0.0.1').setNoDelay();
  let prepared = [];
  return {
    prepare: (count) => {
      const next = path ? () => readOf(path, port, token) : () => bytesOf(stream.next().value, port, token);
      prepared = Array.from({ length: count }, next);
    },
    send: () => sendAll(socket, prepared),
  };
}

const readOf = (path, port, token) => ({
  bytes: Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n\r\n`),
  isRefused: false,
});

function* bakesOf(bodies) {
  for (const body of bodies) yield { kind: 'bake', body };
}

function bytesOf(request, port, token) {
  const body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
  const head =
    `POST ${pathOf(request)} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
    `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return { bytes: Buffer.from(head + body), isRefused: request.isRefused === true };
}

function sendAll(socket, requests) {
  return new Promise((resolve, reject) => {
    const latencies = [];
    const wrong = [];
    let sentAt = 0;
    let received = '';
    const sendNext = () => {
      const next = requests[latencies.length];
      if (!next) {
        socket.removeListener('data', onData).removeListener('error', reject).removeListener('close', onClose);
        resolve({ latencies, wrong });
        return;
      }
      sentAt = performance.now();
      socket.write(next.bytes);
    };
    const onData = (chunk) => {
      received += chunk.toString('latin1');
      if (!isComplete(received)) return;
      const isRefusal = received[9] === '4';
      if (isRefusal !== requests[latencies.length].isRefused) wrong.push(received.slice(0, 2_000));
      received = '';
      latencies.push(performance.now() - sentAt);
      sendNext();
    };
    const onClose = () => reject(new Error('the server closed the connection'));
    socket.on('data', onData).on('error', reject).on('close', onClose);
    sendNext();
  });
}

function isComplete(text) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  if (length === undefined) throw new Error(`no content-length: ${text.slice(0, end)}`);
  return text.length >= end + 4 + Number(length);
}
