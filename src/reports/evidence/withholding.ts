import { matchesGlob } from '../../domain/glob.js';
import type { RecordedEvent } from '../../event-store/port.js';
import { PARTS, type Part } from '../../ledger/evidence/lines.js';

/** `remarks`, `data:TokenIssued.*`, `all:0193a7c2-…`: which of an event's texts, and of which events. */
export const WITHHOLDING_RULE = /^(all|data|meta|remarks)(?::([0-9A-Za-z.*-]{1,100}))?$/;

/** Texts to keep back, by rules as above; of an event any of them will do. */
export class Withholding {
  readonly #rules: readonly { readonly parts: readonly Part[]; readonly events: string }[];

  /** The rules have been read before: what is none of them keeps everything back. */
  constructor(rules: readonly string[]) {
    this.#rules = rules.map((rule) => {
      const [, part = 'all', events = '*'] = WITHHOLDING_RULE.exec(rule) ?? [];
      return { parts: PARTS.filter((name) => part === 'all' || part === name), events };
    });
  }

  of({ id, type }: Pick<RecordedEvent, 'id' | 'type'>): ReadonlySet<Part> {
    const meant = this.#rules.filter(({ events }) => events === id || matchesGlob(events, type));
    return new Set(meant.flatMap(({ parts }) => parts));
  }
}
