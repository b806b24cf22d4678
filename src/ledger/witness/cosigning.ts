import { composeNote, parseNote } from '../note/signed-note.js';
import { SealError } from '../seal-errors.js';
import type { Seal } from '../sealed-ledger.js';
import type { SealStore } from '../seals/store.js';
import type { ConsistencyProver, SignedCheckpoint } from './client.js';
import type { WitnessSettings } from './settings.js';
import type { Patience, WitnessProblem, WitnessStatus } from './turns.js';
import { alarmOf, troubleOf, Witnesses, type WitnessesStatus } from './witnesses.js';

/** How long the first checkpoint of a start waits for witnesses to say what they have cosigned. */
const GREETING_MS = 5_000;

export interface CosigningPorts {
  readonly settings: WitnessSettings;
  readonly seals: SealStore;
  readonly prove: ConsistencyProver;
  readonly publish: (size: number) => void;
  /** Shows the note of the checkpoint that is shown already as it is now. */
  readonly refresh: (size: number) => void;
  /** Something came in the meantime that the sealer should look at. */
  readonly nudge: () => void;
  readonly tell: (status: WitnessesStatus) => void;
  readonly log: (line: string) => void;
  readonly patience?: Patience;
}

/** What the sealer has to do with witnesses: when it may sign, and what may be shown. */
export class Cosigning {
  private readonly witnesses: Witnesses;
  private readonly problems = new Map<string, WitnessProblem['code']>();
  private readonly keys: readonly string[];
  private isGreeted = false;
  /** The newest checkpoint that as many have cosigned as are required. */
  private quorumSize = 0;
  private publishedSize = 0;

  constructor(private readonly ports: CosigningPorts) {
    const { settings, seals, prove, patience } = ports;
    this.keys = settings.witnesses.map(({ verifier }) => verifier.text);
    if (settings.required > 0) this.quorumSize = seals.quorumSize(this.keys, settings.required);
    const log = {
      prove,
      newestSize: () => seals.last()?.size ?? 0,
      cosignedSize: (witness: string) => seals.cosignedSize(witness),
      keep: (cosignature: { size: number; witness: string; line: string }) => this.keep(cosignature),
    };
    this.witnesses = new Witnesses(settings, { log, ...(patience && { patience }), onChange: () => this.changed() });
  }

  /**
   * To be called before a checkpoint is signed that extends the last.
   *
   * @throws SealError `diverged` when a witness has cosigned another ledger of this name
   */
  async check(last: Seal | undefined): Promise<void> {
    if (last && !this.isGreeted && this.keys.length > 0) await this.greet(last);
    this.isGreeted = true;
    const alarm = alarmOf(this.witnesses.status());
    if (alarm !== undefined) throw new SealError('diverged', alarm);
  }

  /** Has the newest checkpoint cosigned. @returns why it may not be shown yet */
  afterSeal(seal: Seal): string | undefined {
    const { required } = this.ports.settings;
    this.witnesses.offer(submissionOf(seal));
    if (this.quorumSize >= seal.size || required === 0) return undefined;
    if (this.quorumSize > this.publishedSize) this.ports.publish(this.quorumSize);
    const trouble = this.trouble();
    return `A checkpoint is published once ${required} of ${this.keys.length} witnesses have cosigned it. ${trouble ?? ''}`.trim();
  }

  /** The checkpoint that is shown now. */
  published(size: number): void {
    this.publishedSize = size;
  }

  /** Witnesses that do not cosign for now, in a sentence. */
  trouble(): string | undefined {
    return troubleOf(this.witnesses.status());
  }

  close(): Promise<void> {
    return this.witnesses.close();
  }

  private async greet(last: Seal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, GREETING_MS)));
    await Promise.race([this.witnesses.ask(submissionOf(last)), enough]);
    clearTimeout(timer);
  }

  private keep(cosignature: { size: number; witness: string; line: string }): void {
    const { seals, settings, refresh, nudge } = this.ports;
    const { size } = cosignature;
    seals.addCosignature(cosignature);
    if (size === this.publishedSize) refresh(size);
    if (settings.required === 0 || size <= this.quorumSize) return;
    const cosigned = seals.witnessesOf(size).filter((witness) => this.keys.includes(witness));
    if (cosigned.length < settings.required) return;
    this.quorumSize = size;
    nudge();
  }

  private changed(): void {
    const status = this.witnesses.status();
    status.witnesses.forEach((witness) => this.note(witness));
    this.ports.tell(status);
    if (alarmOf(status) !== undefined) this.ports.nudge();
  }

  /** Once when it begins, and once when it is over. */
  private note({ name, verifierKey, problem }: WitnessStatus): void {
    const before = this.problems.get(verifierKey);
    if (before === problem?.code) return;
    if (problem) {
      this.problems.set(verifierKey, problem.code);
      this.ports.log(`The witness ${name} ${problem.message}`);
    } else {
      this.problems.delete(verifierKey);
      this.ports.log(`The witness ${name} cosigns again`);
    }
  }
}

/** What is sent has the log's own signature alone, which is the first. */
function submissionOf({ size, note, signedAt }: Seal): SignedCheckpoint {
  const { text, signatures } = parseNote(note);
  return {
    size,
    note: composeNote(
      text,
      signatures.slice(0, 1).map(({ line }) => line),
    ),
    signedAt,
  };
}
