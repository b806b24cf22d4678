import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreError, type StoreErrorCode } from '../../../src/event-store/port.js';
import { Calls } from '../../../src/views/calls.js';
import { WriteDatabase } from '../../../src/views/database.js';
import { keepViews } from '../../../src/views/keeping.js';
import type { FromProjector } from '../../../src/views/protocol.js';
import { baked, FakeLedger, uuid } from '../../unit/views/ledger.js';
import { eventually } from '../../support/eventually.js';
import { DATABASES, type OwnDatabase } from './databases.js';

const LONG_MS = 20_000;

/** A ledger that refuses to be read while it is told to. */
class RefusingLedger extends FakeLedger {
  refusal: StoreErrorCode | undefined;

  override readAll(from: number, limit: number): ReturnType<FakeLedger['readAll']> {
    if (this.refusal) return Promise.reject(new StoreError(this.refusal, `it is ${this.refusal}`));
    return super.readAll(from, limit);
  }
}

interface Kept {
  readonly ledger: RefusingLedger;
  readonly views: WriteDatabase;
  readonly calls: Calls;
  readonly ended: Promise<unknown>;
  latest: FromProjector | undefined;
}

async function keep(url: string, ledger: RefusingLedger): Promise<Kept> {
  const [views, calls] = [await WriteDatabase.open(url), new Calls()];
  const post = (message: FromProjector) => void (kept.latest = message);
  const ended = keepViews({ reader: ledger, views, calls, post }).catch((error: unknown) => error);
  const kept: Kept = { ledger, views, calls, ended, latest: undefined };
  return kept;
}

async function stop({ calls, views, ended }: Kept): Promise<void> {
  calls.receive({ kind: 'close' });
  await ended;
  await views.close();
}

const until = (holds: () => boolean): Promise<void> => eventually(holds, LONG_MS);

const isAt = ({ latest }: Kept, position: number): boolean =>
  latest?.kind === 'moved' && latest.cutOff === undefined && Math.min(...Object.values(latest.positions)) === position;
const isCutOff = ({ latest }: Kept): boolean => latest?.kind === 'moved' && latest.cutOff !== undefined;

for (const kind of DATABASES) {
  kind.describe(`views kept in ${kind.name}`, () => {
    let own: OwnDatabase;
    const open: Kept[] = [];
    const started = async (ledger: RefusingLedger): Promise<Kept> => {
      const kept = await keep(own.url, ledger);
      open.push(kept);
      return kept;
    };

    beforeEach(async () => {
      own = await kind.create();
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map(stop));
      await own.remove();
    });

    it.each(['unavailable', 'denied', 'read-only'] as const)(
      'go on after an event store that was %s, which is told meanwhile',
      async (code) => {
        const ledger = new RefusingLedger();
        ledger.append(baked('first'));
        const kept = await started(ledger);
        await until(() => isAt(kept, 0));
        ledger.refusal = code;
        ledger.append(baked('second'));
        await until(() => isCutOff(kept));
        expect(kept.latest).toMatchObject({ cutOff: `it is ${code}` });
        ledger.refusal = undefined;
        await until(() => isAt(kept, 1));
      },
    );

    it.each(['corrupt', 'closed'] as const)('end with an event store that is %s', async (code) => {
      const ledger = new RefusingLedger();
      const kept = await started(ledger);
      await until(() => isAt(kept, -1));
      ledger.refusal = code;
      kept.calls.receive({ kind: 'head', isUrgent: true });
      expect(await kept.ended).toMatchObject({ code });
    });
  });
}

const postgres = DATABASES.find(({ name }) => name === 'PostgreSQL');
(postgres?.describe ?? describe.skip)('of two servers on one PostgreSQL', () => {
  it('the one that cannot read the ledger lets the other project', async () => {
    const own = await postgres?.create();
    if (!own) throw new Error('there is no PostgreSQL');
    const [first, second] = [new RefusingLedger(), new RefusingLedger()];
    const append = (name: string) => [first, second].map((ledger) => ledger.append(baked(name)));
    append('first');
    const holder = await keep(own.url, first);
    await until(() => isAt(holder, 0));
    const follower = await keep(own.url, second);
    await until(() => isAt(follower, 0));
    first.refusal = 'unavailable';
    append('second');
    await until(() => isAt(follower, 1));
    // It follows the other one, so that its readers see the same.
    await until(() => isAt(holder, 1));
    await Promise.all([stop(holder), stop(follower)]);
    await own.remove();
  });

  it('the one of another ledger is refused, and nothing is emptied', async () => {
    const own = await postgres?.create();
    if (!own) throw new Error('there is no PostgreSQL');
    const [ours, others] = [new RefusingLedger(), new RefusingLedger()];
    ours.append(baked('ours'));
    others.events.push({ ...others.append(baked('theirs')), id: uuid(-1) });
    others.events.shift();
    const holder = await keep(own.url, ours);
    await until(() => isAt(holder, 0));
    for (const ledger of [others, new RefusingLedger()]) {
      const follower = await keep(own.url, ledger);
      expect(await follower.ended).toMatchObject({
        code: 'database-refused',
        message: expect.stringMatching(/rebuild/),
      });
      expect(follower.latest).toBeUndefined();
      await follower.views.close();
    }
    await stop(holder);
    const taker = await keep(own.url, others);
    expect(await taker.ended).toMatchObject({ code: 'database-refused' });
    await taker.views.close();
    const again = await keep(own.url, ours);
    await until(() => isAt(again, 0));
    await stop(again);
    await own.remove();
  });

  it('the one that started on an empty ledger stops when the views turn out to be of another', async () => {
    const own = await postgres?.create();
    if (!own) throw new Error('there is no PostgreSQL');
    const [ours, others] = [new RefusingLedger(), new RefusingLedger()];
    const holder = await keep(own.url, ours);
    await until(() => isAt(holder, -1));
    const follower = await keep(own.url, others);
    await until(() => isAt(follower, -1));
    ours.append(baked('ours'));
    expect(await follower.ended).toMatchObject({ code: 'database-refused' });
    await until(() => isAt(holder, 0));
    await stop(holder);
    await follower.views.close();
    await own.remove();
  });
});
