import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const START_TIMEOUT_MS = 60_000;

/**
 * Starts a PostgreSQL that ends with this process at the latest.
 *
 * @returns its URL, a way to tell it something, and a way to end it
 */
export async function startPostgres() {
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./postgres-keeper.js', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => keeper.once('exit', resolve));
  const waiting = [];
  const take = (answer) => waiting.shift()?.(answer);
  createInterface({ input: keeper.stdout }).on('line', (line) => take(JSON.parse(line)));
  void ended.then((code) => take({ failed: `its keeper ended with code ${code}` }));
  keeper.stdin.on('error', () => undefined);

  const nextAnswer = async () => {
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve({ failed: 'no answer in time' }), START_TIMEOUT_MS);
    });
    const answer = await Promise.race([new Promise((resolve) => waiting.push(resolve)), late]);
    clearTimeout(timer);
    if (answer.failed !== undefined) throw new Error(`PostgreSQL for tests: ${answer.failed}`);
    return answer;
  };
  const close = async () => {
    keeper.stdin.end();
    await ended;
  };
  try {
    const { url } = await nextAnswer();
    const tell = async (command) => {
      keeper.stdin.write(`${command}\n`);
      await nextAnswer();
    };
    return { url, tell, close };
  } catch (error) {
    await close();
    throw error;
  }
}
