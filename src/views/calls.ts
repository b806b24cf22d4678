import type { ToProjector } from './protocol.js';

/** What the projector's thread is told from outside, and how it waits to be told more. */
export class Calls {
  /** It is to end. */
  isClosing = false;
  /** Somebody waits for what the ledger holds now. */
  isUrgent = false;
  /** The ledger has grown since it was last read. */
  hasNews = true;
  #wake = (): void => undefined;

  receive(message: ToProjector): void {
    if (message.kind === 'close') this.isClosing = true;
    else if (message.isUrgent) this.isUrgent = true;
    this.hasNews = true;
    this.#wake();
  }

  /** What comes from here on is new. */
  take(): void {
    this.hasNews = false;
    this.isUrgent = false;
  }

  /** Waits until it is so, or for `timeoutMs`. */
  async until(isSo: () => boolean, timeoutMs: number): Promise<void> {
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
