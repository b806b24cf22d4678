import type { Signer } from '../note/keys.js';
import { SealError } from '../seal-errors.js';
import type { LogFiles } from './files.js';
import { makeKeyFile, readGivenKey, readOwnKey, takeKeyFile } from './key-file.js';
import type { LogSettings } from './open-log.js';
import { goOn, type AtStep } from './steps.js';

/** From one key to the one that signs in its place. */
export interface Succession {
  readonly from: Signer;
  readonly to: Signer;
}

/**
 * The private keys that a server has, of a log whose keys others may replace: those that settings give, or else those in
 * its data folder. Which of them signs, and whether one does, is what the log says at that time.
 */
export class Keyring {
  private current: Signer | undefined;
  /** What is to take the place of the other. */
  private next: Signer | undefined;
  /** Given by settings, and not the server's to replace. */
  private readonly isGiven: boolean;

  /** @throws SealError `key-exposed`, `key-unusable` */
  constructor(
    private readonly files: LogFiles,
    { signingKey, previousKey }: LogSettings,
    private readonly at: AtStep = goOn,
  ) {
    this.isGiven = signingKey !== undefined;
    if (signingKey === undefined) {
      this.current = readOwnKey(files.key);
      this.next = readOwnKey(files.nextKey);
      return;
    }
    const given = readGivenKey(signingKey, 'CAIRN_SIGNING_KEY');
    this.current = previousKey === undefined ? given : readGivenKey(previousKey, 'CAIRN_SIGNING_KEY_PREVIOUS');
    if (previousKey !== undefined) this.next = given;
  }

  /** The name that a key gives which a setting has. */
  get givenName(): string | undefined {
    return this.isGiven ? this.newest?.verifier.name : undefined;
  }

  /** The first key of a log that begins here, made where there is none yet. */
  forNewLog(origin: string): Signer {
    if (!this.isGiven) this.current ??= makeKeyFile(this.files.key, origin, this.at);
    const signer = (this.isGiven ? this.newest : this.current) as Signer;
    if (signer.verifier.name === origin) return signer;
    const where = this.isGiven ? 'CAIRN_SIGNING_KEY' : this.files.key;
    throw new SealError('key-unusable', `${where} holds a key of ${signer.verifier.name}, and the log is ${origin}`);
  }

  /** The private half of the log's key; undefined where another server has it. */
  signerOf(verifierKey: string | undefined): Signer | undefined {
    return [this.current, this.next].find((signer) => signer?.verifier.text === verifierKey);
  }

  /** What is still to be stated, of a replacement that a setting asks for or that was begun. */
  successionOf(verifierKey: string | undefined): Succession | undefined {
    const { current: from, next: to } = this;
    return from && to && from.verifier.text === verifierKey ? { from, to } : undefined;
  }

  /** Makes the key that is to follow the one in the data folder. @throws SealError `key-differs` */
  makeNext(origin: string): Signer {
    if (this.isGiven) {
      throw new SealError('key-differs', 'The key is given by CAIRN_SIGNING_KEY, and is replaced there.');
    }
    this.next ??= makeKeyFile(this.files.nextKey, origin, this.at);
    return this.next;
  }

  /** Lets the next key take the file of the one before, once it is the log's. */
  settle(verifierKey: string | undefined): void {
    if (this.isGiven || !this.next || this.next.verifier.text !== verifierKey) return;
    takeKeyFile(this.files.nextKey, this.files.key, this.at);
    this.current = this.next;
    this.next = undefined;
  }

  /** Puts a key that was made for another log than has come of it, and has signed nothing, under another name. */
  setAside(): void {
    if (this.isGiven || !this.current) return;
    takeKeyFile(this.files.key, `${this.files.key}.unused`, this.at);
    this.current = undefined;
  }

  private get newest(): Signer | undefined {
    return this.next ?? this.current;
  }
}
