import type { ToSealer } from './protocol.js';

/** What the sealer's thread is told from outside, and how it waits to be told. */
export class Bell {
  isClosing = false;
  /** Somebody waits. */
  isUrgent = false;
  /** The tree is not what it should be. */
  damage: string | undefined;
  /** Keys that are to be made. */
  rotations = 0;
  #wake = (): void => undefined;

  receive(message: ToSealer): void {
    if (message.kind === 'close') this.isClosing = true;
    else if (message.kind === 'rotate') this.rotations += 1;
    else if (message.kind === 'tree-damaged') this.damage = message.reason;
    else this.isUrgent = true;
    this.#wake();
  }

  get isRung(): boolean {
    return this.isClosing || this.isUrgent || this.rotations > 0 || this.damage !== undefined;
  }

  /** Until it is rung, or for so long. */
  rest(timeoutMs: number): Promise<void> {
    return this.#until(() => this.isRung, timeoutMs);
  }

  /** For so long, whoever hurries meanwhile, or until it is to end. */
  pause(timeoutMs: number): Promise<void> {
    return this.#until(() => this.isClosing, timeoutMs);
  }

  async #until(isSo: () => boolean, timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (isSo()) resolve();
      };
      timer = setTimeout(resolve, timeoutMs);
      this.#wake();
    });
    clearTimeout(timer);
  }
}
